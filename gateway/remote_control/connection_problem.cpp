// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/connection_problem.h"

#include "gateway/observability/redaction.h"

#include <QRegularExpression>

namespace lunargate {

namespace {

ConnectionProblem refusedHandshake(int status)
{
    return {.text = "the backend answered with status " + QByteArray::number(status),
            .isRefusing = status == 401 || status == 403};
}

} // namespace

ConnectionProblem connectionProblem(const QString &errorString)
{
    static const QRegularExpression kStatus(QStringLiteral("status code: (\\d{3})"));
    // What Qt 6.6 and later make of a 401, with or without a challenge that they know.
    static const QRegularExpression kUnauthorized(QStringLiteral("requires authentication|WWW-Authenticate"));
    // Texts of Qt that quote the answer.
    static const QRegularExpression kHandshake(QStringLiteral("processHandshake|status ?line|Accept-Key|Handshake:"),
                                               QRegularExpression::CaseInsensitiveOption);
    if (const QRegularExpressionMatch match = kStatus.match(errorString); match.hasMatch())
        return refusedHandshake(match.captured(1).toInt());
    if (kUnauthorized.match(errorString).hasMatch())
        return refusedHandshake(401);
    if (kHandshake.match(errorString).hasMatch())
        return {.text = "the backend does not answer as a WebSocket server"};
    return {.text = redacted(errorString.toUtf8())};
}

} // namespace lunargate
