// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_redaction.h"

#include "gateway/config/secret_names.h"
#include "gateway/history/streamed_texts.h"
#include "gateway/observability/redaction.h"

#include <QString>

#include <re2/re2.h>

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

constexpr qsizetype kLongestText = 1024;

/// Secrets first: half a key would not be found any more.
void redactText(QByteArray &text)
{
    if (text.isEmpty())
        return;
    redact(text);
    if (text.size() > kLongestText)
        text = text.first(kLongestText); // a copy, which does not keep the memory of the rest
    if (!text.isValidUtf8())
        text = QString::fromUtf8(text).toUtf8();
    if (text.contains('\0'))
        text.replace('\0', "\xEF\xBF\xBD"); // U+FFFD
}

HeaderList redactedHeaders(const HeaderList &headers)
{
    HeaderList result;
    for (HeaderList::Field field : headers) {
        if (namesSecret(field.name))
            continue;
        redactText(field.name);
        redactText(field.value);
        result.add(std::move(field.name), std::move(field.value));
    }
    return result;
}

void cut(HistoryMessage &message, qint64 maxBodyBytes)
{
    if (message.body.size() <= maxBodyBytes)
        return;
    qint64 end = maxBodyBytes;
    const auto isInsideCharacter = [&] { return (static_cast<uchar>(message.body.at(end)) & 0xC0U) == 0x80; }; // UTF-8
    while (end > 0 && end > maxBodyBytes - 3 && isInsideCharacter())
        --end;
    message.leftOut += message.body.size() - end;
    message.body.truncate(end);
    for (HistoryFrame &frame : message.frames)
        frame.end = std::min(frame.end, end);
}

} // namespace

class HistoryRedaction::Patterns
{
public:
    explicit Patterns(const std::vector<QByteArray> &patterns)
    {
        for (const QByteArray &pattern : patterns) {
            auto compiled = std::make_unique<re2::RE2>(pattern.toStdString(), re2::RE2::Quiet);
            if (compiled->ok())
                m_patterns.push_back(std::move(compiled));
        }
    }

    void blotOut(QByteArray &body) const
    {
        for (const auto &pattern : m_patterns)
            blotOut(*pattern, body);
    }

private:
    static void blotOut(const re2::RE2 &pattern, QByteArray &body)
    {
        const re2::StringPiece text(body.constData(), static_cast<size_t>(body.size()));
        re2::StringPiece match;
        std::vector<std::pair<qsizetype, qsizetype>> found;
        size_t at = 0;
        while (at <= text.size() && pattern.Match(text, at, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
            const auto begin = static_cast<size_t>(match.data() - text.data());
            if (!match.empty())
                found.emplace_back(begin, match.size());
            at = std::max(begin + match.size(), at + 1);
        }
        for (const auto &[begin, size] : found)
            std::fill_n(body.data() + begin, size, '*');
    }

    std::vector<std::unique_ptr<re2::RE2>> m_patterns;
};

HistoryRedaction::HistoryRedaction(const std::vector<QByteArray> &patterns)
    : m_patterns(std::make_unique<Patterns>(patterns))
{
}

HistoryRedaction::~HistoryRedaction() = default;
HistoryRedaction::HistoryRedaction(HistoryRedaction &&other) noexcept = default;
HistoryRedaction &HistoryRedaction::operator=(HistoryRedaction &&other) noexcept = default;

void HistoryRedaction::apply(HistoryRecord &record, qint64 maxBodyBytes)
{
    if (const quint64 secrets = registeredSecrets(); std::exchange(m_registeredSecrets, secrets) != secrets)
        m_clean.clear();
    size_t place = 0;
    visitTexts(record, [this, &place](QByteArray &text) { redactTextAt(place++, text); });
    if (!record.messages)
        return;
    auto messages = std::make_shared<HistoryMessages>();
    for (size_t i = 0; i < kHistoryParts; ++i) {
        if (const std::optional<HistoryMessage> &message = record.messages->parts[i])
            messages->parts[i] = redactedMessage(*message, maxBodyBytes);
    }
    record.messages = std::move(messages);
}

void HistoryRedaction::redactTextAt(size_t place, QByteArray &text)
{
    if (place >= m_clean.size())
        m_clean.resize(place + 1);
    if (text == m_clean[place])
        return;
    const QByteArray before = text;
    redactText(text);
    if (text == before)
        m_clean[place] = before;
}

HistoryMessage HistoryRedaction::redactedMessage(const HistoryMessage &message, qint64 maxBodyBytes) const
{
    HistoryMessage result{.headers = redactedHeaders(message.headers),
                          .body = message.body,
                          .frames = message.frames,
                          .leftOut = message.leftOut};
    const auto blotOut = [this](QByteArray &text) {
        blotOutSecrets(text);
        m_patterns->blotOut(text);
    };
    blotOut(result.body);
    blotOutStreamed(result.body, blotOut);
    cut(result, maxBodyBytes);
    return result;
}

} // namespace lunargate
