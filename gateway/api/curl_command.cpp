// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/curl_command.h"

#include <algorithm>

namespace lunargate {

namespace {

/// Linux takes no longer one (MAX_ARG_STRLEN); what is built into the shell, as printf is, has no such limit.
constexpr qsizetype kLongestArgument = 120 * 1024;

/// As curl wants it: without a value it would take the header out.
QByteArray headerArgument(const HeaderList::Field &field)
{
    return field.value.isEmpty() ? field.name + ';' : field.name + ": " + field.value;
}

} // namespace

bool belongsToConnection(QByteArrayView name)
{
    static constexpr QByteArrayView kNames[] = {"Host",   "Content-Length",  "Connection",        "Keep-Alive",
                                                "Expect", "Accept-Encoding", "Transfer-Encoding", "Upgrade"};
    return std::ranges::any_of(kNames, [&](QByteArrayView one) { return name.compare(one, Qt::CaseInsensitive) == 0; });
}

QByteArray shellQuoted(const QByteArray &text)
{
    QByteArray inside = text;
    return '\'' + inside.replace('\'', R"('\'')") + '\'';
}

Result<QByteArray> curlCommand(const HistoryRecord &record, const QByteArray &url)
{
    const HistoryMessage *request = nullptr;
    if (record.messages && (*record.messages)[HistoryPart::ClientRequest])
        request = &*(*record.messages)[HistoryPart::ClientRequest];
    if (!request || request->leftOut > 0 || request->body.contains('\0'))
        return std::unexpected(Error{.kind = ErrorKind::NotFound,
                                     .reason = "body_not_kept",
                                     .message = "the history does not have this request's whole body; it keeps bodies "
                                                "with history.capture: bodies, up to history.max_body_bytes"});
    QByteArray command = "curl -sS -N -X POST " + shellQuoted(url);
    for (const HeaderList::Field &field : request->headers) {
        if (!belongsToConnection(field.name))
            command += " \\\n  -H " + shellQuoted(headerArgument(field));
    }
    command += " \\\n  -H \"Authorization: Bearer $LUNARGATE_API_KEY\"";
    const QByteArray body = shellQuoted(request->body);
    if (body.size() > kLongestArgument)
        return "printf %s " + body + " | " + command + " \\\n  --data-binary @-\n";
    // Not --data, which reads a file if the text begins with @.
    return command + " \\\n  --data-raw " + body + '\n';
}

} // namespace lunargate
