// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/transport.h"

#include <llhttp.h>

namespace lunargate {

/// Reads one HTTP/1.x answer from bytes at any split, strictly (RFC 9112): what two parsers could read differently is
/// refused. Informational answers (1xx) before it and trailers behind it are left out.
class AnswerParser
{
public:
    enum class State {
        Head,
        Body,
        Complete,
        Invalid,  ///< not HTTP; see problem()
        TooLarge, ///< more than kMaxHeadBytes of header lines
    };
    /// All header lines of an answer, those before a 1xx status included.
    static constexpr qsizetype kMaxHeadBytes = 64 * 1024;

    /// `toHead`: what is answered is a HEAD request, so no body follows.
    explicit AnswerParser(bool toHead);
    AnswerParser(const AnswerParser &) = delete;
    AnswerParser &operator=(const AnswerParser &) = delete;

    /// Takes bytes and says how many were used: all, unless the answer is complete or refused before their end.
    qsizetype feed(QByteArrayView bytes);
    /// The connection was closed: leads to State::Complete if that is how this answer ends.
    void end();

    State state() const { return m_state; }
    bool hasHead() const { return m_hasHead; }
    /// With State::Complete: whether the connection can be used for another request.
    bool keepsConnection() const { return m_keepsConnection; }
    /// With State::Invalid: what is wrong, for the log.
    QByteArray problem() const;

    /// Status and headers, once, with hasHead().
    UpstreamHead takeHead() { return std::exchange(m_head, {}); }
    /// What came of the body and was not taken yet.
    const QByteArray &body() const { return m_body; }
    QByteArray takeBody() { return std::exchange(m_body, {}); }

private:
    static AnswerParser &of(llhttp_t *parser) { return *static_cast<AnswerParser *>(parser->data); }
    static const llhttp_settings_t &callbacks();
    static int onHeaderField(llhttp_t *parser, const char *data, size_t size);
    static int onHeaderValue(llhttp_t *parser, const char *data, size_t size);
    static int onHeaderValueComplete(llhttp_t *parser);
    static int onHeadersComplete(llhttp_t *parser);
    static int onBody(llhttp_t *parser, const char *data, size_t size);
    static int onMessageComplete(llhttp_t *parser);

    int headersComplete();
    bool isFramingClear() const;

    llhttp_t m_parser{};
    const bool m_toHead;
    State m_state = State::Head;
    bool m_hasHead = false;
    bool m_keepsConnection = false;
    UpstreamHead m_head;
    QByteArray m_fieldName;
    QByteArray m_fieldValue;
    const char *m_partEnd = nullptr; // of the bytes that are read
    bool m_isValueCut = false;       // by the end of the bytes: what follows belongs to the same line
    bool m_isFoldStart = false;      // of a line that continues the one before only blanks came
    QByteArray m_body;
    qsizetype m_headBytes = 0;
};

} // namespace lunargate
