// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/request_parser.h"

#include <optional>
#include <vector>

namespace lunargate::test {

/// What a parser made of some bytes.
struct Parsed
{
    std::vector<HttpRequest> requests;
    std::optional<Error> error;
    RequestParser::State end = RequestParser::State::Idle;
};

/// Feeds `bytes` in pieces of `pieceSize`, the first of them of `firstSize` (0: like the others). Bodies are of `kind`,
/// which is said as soon as there is a head.
inline Parsed parse(QByteArrayView bytes, qsizetype pieceSize, const ConnectionLimits &limits = {},
                    qsizetype firstSize = 0, RequestParser::BodyKind kind = RequestParser::BodyKind::Whole)
{
    using State = RequestParser::State;
    RequestParser parser(limits);
    Parsed result;
    qsizetype size = firstSize > 0 ? firstSize : pieceSize;
    while (!bytes.isEmpty() && !result.error) {
        // A copy of its own, so that the address sanitizer finds every read behind it.
        const QByteArray piece = bytes.first(std::min(size, bytes.size())).toByteArray();
        qsizetype used = 0;
        do {
            used += parser.feed(QByteArrayView(piece).sliced(used));
            if (parser.state() == State::Body || parser.state() == State::Complete)
                parser.setBodyKind(kind);
            if (parser.state() == State::Complete)
                result.requests.push_back(parser.takeRequest());
            else if (parser.state() == State::Failed)
                result.error = parser.error();
        } while (!result.error && used < piece.size());
        bytes = bytes.sliced(piece.size());
        size = pieceSize;
    }
    result.end = parser.state();
    return result;
}

inline Parsed parse(QByteArrayView bytes, const ConnectionLimits &limits = {})
{
    return parse(bytes, std::max<qsizetype>(bytes.size(), 1), limits);
}

} // namespace lunargate::test
