// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/remote_control_metrics.h"

namespace lunargate {

std::vector<MetricReading> remoteControlMetrics(const RemoteControlStatus &status)
{
    const auto ended = [](const char *how, qint64 value) {
        return MetricReading::Sample{.labels = {{"outcome", how}}, .value = static_cast<double>(value)};
    };
    const RemoteControlStatus::Commands &commands = status.commands;
    return {
        gaugeReading("lunargate_remote_control_connected", "Whether the backend may send commands at the moment",
                     status.state == RemoteControlStatus::State::Connected ? 1 : 0),
        {.name = "lunargate_remote_control_commands_total",
         .help = "Total number of the backend's commands by what became of them",
         .isCounter = true,
         .samples = {ended("ok", commands.ok), ended("failed", commands.failed), ended("refused", commands.refused),
                     ended("timeout", commands.timedOut), ended("cancelled", commands.cancelled)}},
    };
}

} // namespace lunargate
