// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/request_export.h"

#include "gateway/api/endpoints.h"
#include "gateway/api/har_log.h"
#include "gateway/api/history_json.h"
#include "gateway/json/writer.h"
#include "ui/text/pretty_json.h"
#include "ui/detail/record_text.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

/// Of the client's headers, those that say how the request is meant.
bool isMeant(QByteArrayView name)
{
    return name.compare("Content-Type", Qt::CaseInsensitive) == 0 ||
           (name.size() > 12 && name.first(12).compare("X-LunarGate-", Qt::CaseInsensitive) == 0);
}

} // namespace

QByteArray urlOf(const HistoryRecord &record, const QString &address)
{
    const auto found = std::ranges::find(endpoints(), QByteArrayView(record.endpoint), &Endpoint::name);
    return address.toUtf8() + (found == endpoints().end() ? QByteArray("/") : found->path.toByteArray());
}

Result<QByteArray> pythonProgram(const HistoryRecord &record, const QByteArray &url)
{
    const HistoryMessage *request = messageOf(record, HistoryPart::ClientRequest);
    if (!request || request->leftOut > 0 || !request->body.isValidUtf8())
        return std::unexpected(Error{.kind = ErrorKind::NotFound,
                                     .reason = "body_not_kept",
                                     .message = "the history does not have this request's whole body"});
    // JSON's texts, which have no \/ and no surrogates as they are written here, are Python's too.
    QByteArray program = "import os\nimport requests\n\nheaders = {\n";
    for (const HeaderList::Field &field : request->headers) {
        if (isMeant(field.name))
            program += "    " + json::quoted(field.name) + ": " + json::quoted(field.value) + ",\n";
    }
    program += "    \"Authorization\": f\"Bearer {os.environ['LUNARGATE_API_KEY']}\",\n}\nbody = " +
               json::quoted(request->body) + "\nwith requests.post(" + json::quoted(url) +
               ", headers=headers, data=body.encode(), stream=True) as answer:\n"
               "    for piece in answer.iter_content(None):\n"
               "        print(piece.decode(errors=\"replace\"), end=\"\", flush=True)\n";
    return program;
}

QByteArray recordJson(const HistoryRecord &record)
{
    json::TextWriter json;
    appendHistoryRecord(json, record);
    return prettyJson(json.text()).toUtf8() + '\n';
}

QByteArray recordHar(const HistoryRecord &record, const QByteArray &url)
{
    HarLog har;
    har.add(record, url);
    return std::move(har).finish();
}

} // namespace lunargate::ui
