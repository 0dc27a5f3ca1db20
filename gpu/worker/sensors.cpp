// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/sensors.h"

#include <cuda_runtime_api.h>
#include <dlfcn.h>

namespace quantoscope::gpu {
namespace {

template <class Function>
Function* find(void* library, const char* name)
{
    return reinterpret_cast<Function*>(dlsym(library, name));
}

/// nvmlFieldValue_t, of NVML 11 and newer.
struct FieldValue {
    unsigned field = 0, scope = 0;
    long long timestamp = 0, latencyMicroseconds = 0;
    int type = 0, result = -1;
    union {
        unsigned number;
        unsigned long long wide;
    } value = {};
};

constexpr unsigned powerNow = 186;   // NVML_FI_DEV_POWER_INSTANT
constexpr int streamingMultiprocessorClock = 1, temperatureOfTheDie = 0;   // NVML_CLOCK_SM, NVML_TEMPERATURE_GPU

}  // namespace

Sensors::Sensors(int device) : m_library(dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL))
{
    if (!m_library)
        return;
    const auto start = find<int()>(m_library, "nvmlInit_v2");
    const auto byBus = find<int(const char*, void**)>(m_library, "nvmlDeviceGetHandleByPciBusId_v2");
    char bus[32] = {};
    // By bus, because CUDA and NVML may number the GPUs differently.
    if (!start || !byBus || start() != 0 || cudaDeviceGetPCIBusId(bus, sizeof bus, device) != cudaSuccess || byBus(bus, &m_device) != 0)
        m_device = nullptr;
}

Sensors::~Sensors()
{
    if (m_library)
        dlclose(m_library);
}

SensorReading Sensors::read() const
{
    SensorReading reading;
    if (!m_device)
        return reading;
    if (const auto clock = find<int(void*, int, unsigned*)>(m_library, "nvmlDeviceGetClockInfo"))
        clock(m_device, streamingMultiprocessorClock, &reading.clockMegahertz);
    reading.powerMilliwatts = powerMilliwatts();
    if (const auto temperature = find<int(void*, int, unsigned*)>(m_library, "nvmlDeviceGetTemperature"))
        temperature(m_device, temperatureOfTheDie, &reading.temperatureCelsius);
    return reading;
}

/// Of this moment. nvmlDeviceGetPowerUsage alone would not do: from Ampere on it is the mean of the last
/// second, longer than most of our measurements take.
unsigned Sensors::powerMilliwatts() const
{
    FieldValue now{.field = powerNow};
    if (const auto fields = find<int(void*, int, FieldValue*)>(m_library, "nvmlDeviceGetFieldValues"))
        if (fields(m_device, 1, &now) == 0 && now.result == 0)
            return now.value.number;
    unsigned mean = 0;
    if (const auto power = find<int(void*, unsigned*)>(m_library, "nvmlDeviceGetPowerUsage"))
        power(m_device, &mean);
    return mean;
}

SensorLimits Sensors::limits() const
{
    SensorLimits limits;
    if (!m_device)
        return limits;
    char version[96] = {};   // NVML asks for 80.
    if (const auto driver = find<int(char*, unsigned)>(m_library, "nvmlSystemGetDriverVersion"))
        if (driver(version, sizeof version - 1) == 0)
            limits.driver = version;
    if (const auto clock = find<int(void*, int, unsigned*)>(m_library, "nvmlDeviceGetMaxClockInfo"))
        clock(m_device, streamingMultiprocessorClock, &limits.largestClockMegahertz);
    if (const auto power = find<int(void*, unsigned*)>(m_library, "nvmlDeviceGetPowerManagementLimit"))
        power(m_device, &limits.powerLimitMilliwatts);
    return limits;
}

}  // namespace quantoscope::gpu
