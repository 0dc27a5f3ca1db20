// SPDX-License-Identifier: Apache-2.0
// The driver's management library as far as gpu/worker/sensors.cpp asks it, after nvml.h of NVML 12.
#include <cstring>

namespace {

struct Field {
    unsigned fieldId, scopeId;
    long long timestamp, latencyUsec;
    int valueType, nvmlReturn;
    union {
        double d;
        unsigned u;
        unsigned long long ull;
    } value;
};

int device;

}  // namespace

extern "C" {

int nvmlInit_v2() { return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** handle) { *handle = &device; return std::strcmp(bus, "0000:7F:1F.0") == 0 ? 0 : 2; }
int nvmlDeviceGetClockInfo(void* handle, int clock, unsigned* megahertz) { *megahertz = 1755; return handle == &device && clock == 1 ? 0 : 2; }
int nvmlDeviceGetMaxClockInfo(void* handle, int clock, unsigned* megahertz) { *megahertz = 1980; return handle == &device && clock == 1 ? 0 : 2; }
int nvmlDeviceGetTemperature(void* handle, int sensor, unsigned* celsius) { *celsius = 61; return handle == &device && sensor == 0 ? 0 : 2; }
int nvmlDeviceGetPowerManagementLimit(void* handle, unsigned* milliwatts) { *milliwatts = 700000; return handle == &device ? 0 : 2; }
int nvmlSystemGetDriverVersion(char* version, unsigned length) { std::strncpy(version, "580.65.06", length); return 0; }

// The mean of the last second, in which the GPU has mostly waited; and what it takes now.
int nvmlDeviceGetPowerUsage(void* handle, unsigned* milliwatts) { *milliwatts = 120000; return handle == &device ? 0 : 2; }
int nvmlDeviceGetFieldValues(void* handle, int count, Field* fields)
{
    for (int i = 0; i < count; ++i) {
        fields[i].nvmlReturn = fields[i].fieldId == 186 ? 0 : 3;
        fields[i].valueType = 1;
        fields[i].value.u = 655000;
    }
    return handle == &device ? 0 : 2;
}

}  // extern "C"
