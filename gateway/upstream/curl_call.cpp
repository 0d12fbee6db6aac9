// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_call.h"

#include "gateway/upstream/curl_error.h"
#include "gateway/upstream/curl_times.h"

#include <algorithm>
#include <cstring>

namespace lunargate {

namespace {

using std::chrono::milliseconds;

// All header lines of an answer, those before a 1xx status included.
constexpr qsizetype kMaxHeadBytes = 64 * 1024;

UpstreamHead parseHead(int status, QByteArrayView lines)
{
    UpstreamHead head{.status = status, .headers = {}};
    std::optional<HeaderList::Field> field;
    while (!lines.isEmpty()) {
        const qsizetype end = lines.indexOf('\n');
        const QByteArrayView line = end < 0 ? lines : lines.first(end);
        lines = end < 0 ? QByteArrayView() : lines.sliced(end + 1);
        // RFC 9112 section 5.2: a line that begins with a blank continues the one before it.
        if (field && (line.startsWith(' ') || line.startsWith('\t'))) {
            field->value += ' ' + line.trimmed().toByteArray();
            continue;
        }
        if (field)
            head.headers.add(std::move(field->name), std::move(field->value));
        field.reset();
        if (const qsizetype colon = line.indexOf(':'); colon > 0)
            field.emplace(line.first(colon).trimmed().toByteArray(), line.sliced(colon + 1).trimmed().toByteArray());
    }
    if (field)
        head.headers.add(std::move(field->name), std::move(field->value));
    return head;
}

// "HTTP/1.1 200 OK", "HTTP/2 200"; curl has checked that it looks so.
int parseStatus(QByteArrayView statusLine)
{
    const qsizetype space = statusLine.indexOf(' ');
    return space < 0 ? 0 : statusLine.sliced(space + 1).trimmed().left(3).toInt();
}

} // namespace

CurlCall::CurlCall(CurlMulti &multi, const CurlSettings &settings, const QNetworkProxy &proxy, UpstreamRequest request)
    : WaitingCall(request.connectTimeout),
      m_multi(multi),
      m_handle(multi.takeHandle()),
      m_request(std::move(request)),
      m_host(m_request.url().host(QUrl::FullyEncoded).toLatin1()),
      m_tls(m_request.url().scheme() == u"https"),
      m_usesProxy(proxy.type() != QNetworkProxy::NoProxy)
{
    if (m_request.url().port() != -1)
        m_host += ':' + QByteArray::number(m_request.url().port());
    if (!m_handle) {
        onDone(CURLE_OUT_OF_MEMORY);
        return;
    }
    if (const CURLcode code = m_request.apply(m_handle, settings, proxy); code != CURLE_OK) {
        onDone(code);
        return;
    }
    curl_easy_setopt(m_handle, CURLOPT_ERRORBUFFER, m_errorText.data());
    curl_easy_setopt(m_handle, CURLOPT_HEADERFUNCTION, &CurlCall::onHeaderLine);
    curl_easy_setopt(m_handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_WRITEFUNCTION, &CurlCall::onBody);
    curl_easy_setopt(m_handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_PREREQFUNCTION, &CurlCall::onConnected);
    curl_easy_setopt(m_handle, CURLOPT_PREREQDATA, this);
    startUpload();
    m_multi.start(m_handle, *this);
}

CurlCall::~CurlCall()
{
    if (const auto &rest = m_request.rest())
        rest->onMore({});
    release();
}

void CurlCall::startUpload()
{
    if (!m_request.rest())
        return;
    curl_easy_setopt(m_handle, CURLOPT_READFUNCTION, &CurlCall::onUpload);
    curl_easy_setopt(m_handle, CURLOPT_READDATA, this);
    m_request.rest()->onMore([this] { resumeUpload(); });
}

// Called by curl.
size_t CurlCall::onUpload(char *to, size_t one, size_t most, void *self)
{
    return static_cast<CurlCall *>(self)->giveUpload(to, one * most);
}

size_t CurlCall::giveUpload(char *to, size_t most)
{
    IncomingBody &rest = *m_request.rest();
    if (rest.error())
        return CURL_READFUNC_ABORT;
    qsizetype size = giveBeginning(to, static_cast<qsizetype>(most));
    if (size == 0)
        size = rest.take(to, static_cast<qsizetype>(most));
    // With a known length curl does not come back to be told of the end.
    const bool isOver = m_sentOfBody == m_request.body().size() && rest.isEnded();
    if (isOver && !std::exchange(m_isUploadOver, true))
        m_multi.tellLater(*this);
    if (size > 0 || isOver)
        return static_cast<size_t>(size);
    m_isUploadPaused = true;
    return CURL_READFUNC_PAUSE;
}

qsizetype CurlCall::giveBeginning(char *to, qsizetype most)
{
    const QByteArrayView left = QByteArrayView(m_request.body()).sliced(m_sentOfBody);
    const qsizetype size = std::min(most, left.size());
    if (size > 0)
        std::memcpy(to, left.data(), static_cast<size_t>(size));
    m_sentOfBody += size;
    return size;
}

// The client sent more, or nothing will come any more.
void CurlCall::resumeUpload()
{
    if (!m_handle)
        return;
    if (m_request.rest()->error()) { // curl may wait for the provider, and would not ask for more
        m_multi.stop(m_handle);
        onDone(CURLE_ABORTED_BY_CALLBACK);
        return;
    }
    if (!std::exchange(m_isUploadPaused, false))
        return;
    curl_easy_pause(m_handle, m_isPaused ? CURLPAUSE_RECV : CURLPAUSE_CONT);
}

void CurlCall::onChanged()
{
    // Either of the two that wait may destroy this.
    const std::shared_ptr<IncomingBody> rest = m_request.rest();
    const bool isSettled = rest && (m_isUploadOver || m_hasHead || m_isDone);
    m_changed.notify();
    if (isSettled)
        rest->settle();
}

// Called by curl, with one line at a time: of each head (1xx and final), then of the trailers.
size_t CurlCall::onHeaderLine(const char *line, size_t one, size_t size, void *self)
{
    const auto length = static_cast<qsizetype>(one * size);
    return static_cast<CurlCall *>(self)->takeHeaderLine(QByteArrayView(line, length)) ? one * size
                                                                                       : CURL_WRITEFUNC_ERROR;
}

bool CurlCall::takeHeaderLine(QByteArrayView line)
{
    if (m_hasHead)
        return true; // a trailer
    m_headBytes += line.size();
    if (m_headBytes > kMaxHeadBytes) {
        m_isHeadTooLarge = true;
        return false;
    }
    if (!line.trimmed().isEmpty()) {
        if (m_headLines.isEmpty())
            m_status = parseStatus(line);
        m_headLines += line;
        return true;
    }
    if (m_status < 200) { // RFC 9110 section 15.2: another head follows
        m_headLines.clear();
        return true;
    }
    m_hasHead = true;
    m_phase = CallPhase::Reading;
    m_multi.tellLater(*this);
    return true;
}

// Called by curl.
size_t CurlCall::onBody(const char *bytes, size_t one, size_t size, void *self)
{
    auto *call = static_cast<CurlCall *>(self);
    if (!call->m_hasHead)
        return CURL_WRITEFUNC_ERROR;
    if (call->m_buffer.size() >= kBufferedBody) {
        call->m_isPaused = true;
        return CURL_WRITEFUNC_PAUSE; // curl keeps these bytes and leaves the socket alone
    }
    call->m_buffer.append(bytes, static_cast<qsizetype>(one * size));
    call->m_multi.tellLater(*call);
    return one * size;
}

// Called by curl when it has a connection, new or kept, just before the request goes out. That is more than once if a
// kept connection took it and closed without a byte of an answer: curl then tries up to five others by itself
// (lib/transfer.c, Curl_retry_request), whether the provider has acted on it or not.
int CurlCall::onConnected(void *self, char *, char *, int, int)
{
    auto *call = static_cast<CurlCall *>(self);
    // Once answered the body is gone; over HTTP/2 curl would send it again all the same (HTTP_1_1_REQUIRED).
    if (call->m_hasHead || ++call->m_sends > call->m_request.mostSends()) {
        call->m_isResendRefused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    if (call->isConnecting())
        call->m_phase = CallPhase::Waiting;
    if (call->m_waitsForConnection) // another deadline holds from now on
        call->m_multi.tellLater(*call);
    return CURL_PREREQFUNC_OK;
}

void CurlCall::onDone(CURLcode code)
{
    m_isDone = true;
    if (code != CURLE_OK || !m_hasHead)
        m_error = failure(code);
    if (m_handle)
        giveBackHandle();
    m_multi.tellLater(*this);
}

UpstreamHead CurlCall::takeHead()
{
    m_request.releaseSent(m_handle); // a stream can last for minutes
    return parseHead(m_status, std::exchange(m_headLines, {}));
}

QByteArray CurlCall::takeBuffered()
{
    QByteArray bytes = std::exchange(m_buffer, {});
    if (m_isPaused && m_handle) {
        m_isPaused = false;
        // Calls onBody() with what curl holds before it returns, and may pause again. It fails only if onBody() does.
        curl_easy_pause(m_handle, CURLPAUSE_CONT);
    }
    return bytes;
}

CallFacts CurlCall::facts() const
{
    CallPhase phase = m_phase;
    curl_off_t lookedUp = 0;
    if (phase == CallPhase::Resolving && m_handle &&
        curl_easy_getinfo(m_handle, CURLINFO_NAMELOOKUP_TIME_T, &lookedUp) == CURLE_OK && lookedUp > 0)
        phase = CallPhase::Connecting;
    return CallFacts{.host = m_host,
                     .tls = m_tls,
                     .phase = phase,
                     .elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - m_began)};
}

Error CurlCall::failure(CURLcode code) const
{
    if (code == CURLE_ABORTED_BY_CALLBACK && m_request.rest() && m_request.rest()->error())
        return *m_request.rest()->error();
    CallFacts known = facts();
    if (m_isHeadTooLarge) {
        return callError(known, {"invalid_response", "the head of its answer is larger than 64 KiB"}, {},
                         "more than " + QByteArray::number(kMaxHeadBytes) + " bytes of header lines");
    }
    if (code == CURLE_OPERATION_TIMEDOUT) { // the only limit that curl is given
        known.phase = std::min(known.phase, CallPhase::Connecting);
        return connectTimeoutError(known, m_connectTimeout);
    }
    if (m_isResendRefused)
        return curlError(known, {.code = CURLE_GOT_NOTHING, .text = {}, .usesProxy = m_usesProxy});
    CurlFailure told{.code = code, .text = m_errorText.data(), .usesProxy = m_usesProxy};
    if (m_handle)
        curl_easy_getinfo(m_handle, CURLINFO_HTTP_CONNECTCODE, &told.proxyStatus);
    return curlError(known, told);
}

void CurlCall::release()
{
    m_multi.forget(*this);
    if (!m_handle)
        return;
    m_multi.stop(m_handle);
    giveBackHandle();
    m_isDone = true;
}

void CurlCall::giveBackHandle()
{
    if (!m_phaseTimes)
        m_phaseTimes = readPhaseTimes(m_handle, m_sends > 0);
    m_multi.giveBack(std::exchange(m_handle, nullptr));
}

std::optional<PhaseTimes> CurlCall::phaseTimes()
{
    if (!m_phaseTimes && m_handle)
        m_phaseTimes = readPhaseTimes(m_handle, m_sends > 0);
    return m_phaseTimes;
}

} // namespace lunargate
