// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quantoscope::gpu {

/// What the driver's management library tells of a GPU; zero where it does not.
struct SensorReading {
    unsigned clockMegahertz = 0, powerMilliwatts = 0, temperatureCelsius = 0;
};

/// What does not change while a program runs; zero or empty where it is not told.
struct SensorLimits {
    std::string driver;   ///< "580.65.06"
    unsigned largestClockMegahertz = 0, powerLimitMilliwatts = 0;
};

/// NVML, loaded when first asked: its header is in no toolkit, so the few functions are declared here.
class Sensors {
public:
    explicit Sensors(int device);
    ~Sensors();
    Sensors(const Sensors&) = delete;
    Sensors& operator=(const Sensors&) = delete;
    SensorReading read() const;
    SensorLimits limits() const;

private:
    unsigned powerMilliwatts() const;
    void* m_library = nullptr;
    void* m_device = nullptr;
};

}  // namespace quantoscope::gpu
