// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"

#include "gpu/client/gpu_client.h"

namespace quantoscope {

std::function<Result<CommandOutput>()> command::devices(CLI::App&)
{
    return []() -> Result<CommandOutput> {
        std::vector<DeviceInfo> devices{makeCpuBackend()->device()};
        for (DeviceInfo& gpu : findGpus())
            devices.push_back(std::move(gpu));

        CommandOutput output;
        output.json = nlohmann::ordered_json::array();
        std::vector<std::vector<std::string>> rows;
        for (const DeviceInfo& device : devices) {
            nlohmann::ordered_json row;
            row["id"] = device.id;
            row["kind"] = device.kind;
            row["name"] = device.name;
            row["memoryBytes"] = device.memoryBytes;
            row["computeCapability"] = device.computeCapability;
            row["driver"] = device.driver;
            row["status"] = device.status;
            output.json.push_back(std::move(row));
            rows.push_back({device.id, device.name, device.memoryBytes ? std::to_string(device.memoryBytes >> 20) + " MiB" : "-",
                            device.computeCapability.empty() ? "-" : device.computeCapability,
                            device.driver.empty() ? "-" : device.driver, device.status});
        }
        output.text = textTable({"id", "name", "memory", "compute capability", "driver", "status"}, rows);
        return output;
    };
}

}  // namespace quantoscope
