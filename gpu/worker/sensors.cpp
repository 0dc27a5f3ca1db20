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
    if (const auto power = find<int(void*, unsigned*)>(m_library, "nvmlDeviceGetPowerUsage"))
        power(m_device, &reading.powerMilliwatts);
    if (const auto temperature = find<int(void*, int, unsigned*)>(m_library, "nvmlDeviceGetTemperature"))
        temperature(m_device, temperatureOfTheDie, &reading.temperatureCelsius);
    return reading;
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
