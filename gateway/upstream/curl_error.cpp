// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_error.h"

#include <algorithm>
#include <array>

namespace lunargate {

namespace {

// CURLE_RECV_ERROR stands for a broken connection, but also for an answer that curl cannot make sense of. Only the text
// tells them apart (lib/http_chunks.c, lib/http.c).
bool isMalformedAnswer(const QByteArray &text)
{
    constexpr std::array words{"chunk", "Too large response headers"};
    return std::ranges::any_of(words, [&text](const char *word) { return text.contains(word); });
}

CallFailure proxyFailure(const CurlFailure &failure)
{
    if (failure.proxyStatus == 407)
        return {"connect_error", "the proxy asks for a user name and password"};
    if (failure.proxyStatus != 0)
        return {"connect_error",
                "the proxy refuses to connect (status " + QByteArray::number(int(failure.proxyStatus)) + ')'};
    return {"connect_error", "the proxy does not answer"};
}

CallFailure causeOf(const CallFacts &facts, const CurlFailure &failure)
{
    const bool isConnected = facts.phase == CallPhase::Waiting || facts.phase == CallPhase::Reading;
    const bool isTunnelRefused = failure.proxyStatus != 0 && failure.proxyStatus / 100 != 2;
    switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return {"dns_error", "no address is known for this name"};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        if (isConnected) // HTTP/0.9: bytes without a status line
            return {"invalid_response", "the answer is not valid HTTP"};
        return {"connect_error", "the proxy is unknown or cannot be used"};
    case CURLE_COULDNT_CONNECT:
        if (failure.usesProxy)
            return proxyFailure(failure);
        if (failure.text.contains("timed out") || failure.text.contains("Timeout"))
            return {"connect_error", "the network gave up waiting"};
        // Without a better word in the text: what a closed port does.
        return {"connect_error", failure.text.contains("unreachable") ? "the network or host is unreachable"
                                                                      : "the connection was refused"};
    case CURLE_PROXY:
        return proxyFailure(failure);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
        return {"tls_error", "the TLS handshake failed"};
    case CURLE_RECV_ERROR:
        if (isMalformedAnswer(failure.text))
            return {"invalid_response", "the answer is not valid HTTP"};
        [[fallthrough]];
    case CURLE_OK:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
        return failure.usesProxy && (isTunnelRefused || !isConnected) ? proxyFailure(failure) : closedConnection(facts);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
    case CURLE_TOO_LARGE:
    case CURLE_WRITE_ERROR: // our callbacks refuse a body without a head
        return {"invalid_response", "the answer is not valid HTTP"};
    default:
        return brokenConnection(facts); // CURLE_HTTP2_STREAM: the provider reset this stream only
    }
}

} // namespace

Error curlError(const CallFacts &facts, const CurlFailure &failure)
{
    const QByteArray text = failure.text.isEmpty() ? QByteArray(curl_easy_strerror(failure.code)) : failure.text;
    return callError(facts, causeOf(facts, failure), text,
                     text + " (libcurl error " + QByteArray::number(int(failure.code)) + ')');
}

} // namespace lunargate
