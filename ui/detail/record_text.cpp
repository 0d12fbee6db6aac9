// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/record_text.h"

#include "gateway/api/history_json.h"
#include "ui/text/pretty_json.h"
#include "ui/text/number_text.h"

#include <QCoreApplication>

namespace lunargate::ui {

namespace {

using Kind = TextBlock::Kind;

QString translated(const char *text)
{
    return QCoreApplication::translate("RecordText", text);
}

QString headingOf(HistoryPart part, const HistoryRecord &record)
{
    switch (part) {
    case HistoryPart::ClientRequest:
        return translated(QT_TRANSLATE_NOOP("RecordText", "From the client"));
    case HistoryPart::ProviderRequest:
        return translated(QT_TRANSLATE_NOOP("RecordText", "To %1")).arg(QString::fromUtf8(record.provider));
    case HistoryPart::ProviderAnswer:
        return translated(QT_TRANSLATE_NOOP("RecordText", "From %1")).arg(QString::fromUtf8(record.provider));
    case HistoryPart::ClientAnswer:
        return translated(QT_TRANSLATE_NOOP("RecordText", "To the client"));
    }
    Q_UNREACHABLE_RETURN({});
}

void addBody(TextBlocks &blocks, const HistoryRecord &record, HistoryPart part)
{
    const HistoryMessage *message = messageOf(record, part);
    if (!message)
        return;
    blocks.push_back({Kind::Heading, headingOf(part, record)});
    if (message->body.isValidUtf8())
        blocks.push_back({Kind::Code, prettyJson(message->body)});
    else
        blocks.push_back(
            {Kind::Note,
             translated(QT_TRANSLATE_NOOP("RecordText", "%1 that are no text")).arg(sizeText(message->body.size()))});
    if (message->leftOut > 0)
        blocks.push_back(
            {Kind::Note,
             translated(QT_TRANSLATE_NOOP("RecordText", "%1 more were not kept")).arg(sizeText(message->leftOut))});
}

TextBlocks bodies(const HistoryRecord &record, HistoryPart first, HistoryPart second)
{
    TextBlocks blocks;
    addBody(blocks, record, first);
    addBody(blocks, record, second);
    if (blocks.empty())
        blocks.push_back(bodiesNotKept());
    return blocks;
}

} // namespace

const HistoryMessage *messageOf(const HistoryRecord &record, HistoryPart part)
{
    if (!record.messages || !(*record.messages)[part])
        return nullptr;
    return &*(*record.messages)[part];
}

TextBlock bodiesNotKept()
{
    return {Kind::Note, translated(QT_TRANSLATE_NOOP(
                            "RecordText", "What was said was not kept. The configuration says whether it is: "
                                          "history.capture: bodies. It stays on this machine."))};
}

TextBlocks requestText(const HistoryRecord &record)
{
    return bodies(record, HistoryPart::ClientRequest, HistoryPart::ProviderRequest);
}

TextBlocks responseText(const HistoryRecord &record)
{
    return bodies(record, HistoryPart::ClientAnswer, HistoryPart::ProviderAnswer);
}

TextBlocks headersText(const HistoryRecord &record)
{
    TextBlocks blocks;
    for (const HistoryPart part : {HistoryPart::ClientRequest, HistoryPart::ProviderRequest,
                                   HistoryPart::ProviderAnswer, HistoryPart::ClientAnswer}) {
        const HistoryMessage *message = messageOf(record, part);
        if (!message)
            continue;
        QByteArray lines;
        for (const HeaderList::Field &field : message->headers)
            lines += field.name + ": " + field.value + '\n';
        lines.chop(1);
        blocks.push_back({Kind::Heading, headingOf(part, record)});
        blocks.push_back({Kind::Code, QString::fromUtf8(lines)});
    }
    if (blocks.empty())
        return {bodiesNotKept()};
    blocks.push_back({Kind::Note, translated(QT_TRANSLATE_NOOP("RecordText", "Credentials are never kept."))});
    return blocks;
}

TextBlocks rawText(const HistoryRecord &record)
{
    json::TextWriter json;
    appendHistoryRecord(json, record);
    return {{Kind::Code, prettyJson(json.text())}};
}

} // namespace lunargate::ui
