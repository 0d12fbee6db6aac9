// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lunargate {

class BufferedResponse;

/// What the gateway says of itself.
struct Hello
{
    QByteArray instanceId;
    std::vector<QByteArray> routes; ///< names; told sorted
    std::vector<QByteArray> models; ///< ids
};
QByteArray helloMessage(Hello hello);

QByteArray heartbeatMessage();

/// What became of a command.
struct SandboxAnswer
{
    QByteArray commandId;
    QByteArray instanceId;
    int status = 0;
    QByteArray error = {};                      ///< a sentence, if the gateway did not answer
    const BufferedResponse *response = nullptr; ///< null: there is none
};
QByteArray sandboxResponse(const SandboxAnswer &answer);

/// The ids of a model list (GET /v1/models) without `lunargate/auto`; empty if it is none.
std::vector<QByteArray> modelIds(const QByteArray &list);

} // namespace lunargate
