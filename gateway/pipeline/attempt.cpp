// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/attempt.h"

#include "gateway/pipeline/filtered_answer.h"
#include "gateway/pipeline/trace.h"
#include "gateway/providers/reasoning_tag_reader.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace lunargate {

namespace {

// What a provider may say with an error status, and how long it may take to say it once the status is known.
constexpr qsizetype kMaxErrorBody = 1024 * 1024;
constexpr milliseconds kErrorBodyTimeout = 10s;
constexpr qsizetype kMaxWholeAnswer = 256 * 1024 * 1024;
// What a stream may say before its first useful event. It is held back until then.
constexpr qsizetype kMaxHeldBytes = 1024 * 1024;

std::unexpected<UpstreamFailure> failed(Error error, bool fromProvider = false)
{
    return std::unexpected(UpstreamFailure{.error = std::move(error), .fromProvider = fromProvider});
}

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

QByteArray nameOf(const ProviderConfig &provider)
{
    return "provider '" + provider.id + "'";
}

struct Body
{
    QByteArray bytes;
    std::optional<Error> error;
};

// Reads until the end; stops without an error when `limit` is reached.
Task<Body> readWhole(UpstreamCall &call, const AttemptDeadlines &deadlines, qsizetype limit)
{
    using Phase = AttemptDeadlines::Phase;
    Body body;
    for (;;) {
        const Phase phase = body.bytes.isEmpty() ? Phase::FirstContent : Phase::Rest;
        const AttemptDeadlines::Limit deadline =
            phase == Phase::Rest ? deadlines.nextPiece(Clock::now()) : deadlines.firstContent();
        Result<QByteArray> bytes = co_await call.read(deadline.at);
        if (!bytes) {
            body.error = deadlines.explain(std::move(bytes.error()), phase, deadline);
            co_return body;
        }
        if (bytes->isEmpty())
            co_return body;
        if (body.bytes.isEmpty())
            body.bytes = std::move(*bytes);
        else
            body.bytes.append(*bytes);
        if (body.bytes.size() > limit)
            co_return body;
    }
}

// What a provider says beside an error status, as far as it comes in time.
Task<QByteArray> readErrorBody(UpstreamCall &call, TimePoint deadline)
{
    QByteArray body;
    while (body.size() < kMaxErrorBody) {
        const Result<QByteArray> bytes = co_await call.read(deadline);
        if (!bytes || bytes->isEmpty())
            break;
        body.append(*bytes);
    }
    body.truncate(kMaxErrorBody);
    co_return body;
}

Task<UpstreamFailure> readErrorAnswer(const Provider &provider, UpstreamCall &call, UpstreamHead head,
                                      TimePoint requestDeadline)
{
    if (head.status < 400) {
        const QByteArray status = QByteArray::number(head.status);
        co_return UpstreamFailure{.error = {.kind = ErrorKind::UpstreamProtocol,
                                            .reason = "upstream_redirect",
                                            .message = nameOf(provider.config()) + " answered with status " + status +
                                                       ", which is not followed; check its base_url"},
                                  .fromProvider = true};
    }
    // Whatever comes of the body: the status is what counts.
    const QByteArray body = co_await readErrorBody(call, std::min(requestDeadline, Clock::now() + kErrorBodyTimeout));
    co_return provider.readError(head, body);
}

std::unique_ptr<UpstreamCall> send(RequestContext &context, const Provider &provider, UpstreamRequest request)
{
    if (!context.capture)
        return provider.send(context.network, std::move(request));
    return context.capture->watch(std::move(request), [&](UpstreamRequest watched) {
        return provider.send(context.network, std::move(watched));
    });
}

Error noContent(const Provider &provider, const char *problem)
{
    return {.kind = ErrorKind::UpstreamProtocol,
            .reason = "upstream_no_content",
            .message = nameOf(provider.config()) + ' ' + problem};
}

// Bytes that pass as they are stay so.
bool looksForTags(const Provider &provider, const ProviderCall &call)
{
    return provider.config().extractReasoningTags && !call.isPassedThrough && !call.isNative;
}

Task<AttemptResult> openWhole(const Provider &provider, ProviderCall &providerCall, UpstreamCall &call,
                              const AttemptDeadlines &deadlines)
{
    Body body = co_await readWhole(call, deadlines, kMaxWholeAnswer);
    if (body.error)
        co_return failed(*std::move(body.error), true);
    if (body.bytes.size() > kMaxWholeAnswer) {
        co_return failed({.kind = ErrorKind::UpstreamProtocol,
                          .reason = "upstream_answer_too_large",
                          .message = nameOf(provider.config()) + " sent an answer over 256 MiB"},
                         true);
    }
    std::expected<ModelAnswer, UpstreamFailure> answer = providerCall.readAnswer(std::move(body.bytes));
    if (!answer)
        co_return std::unexpected(std::move(answer.error()));
    if (answer->isEmpty)
        co_return failed(noContent(provider, "answered without a single choice"), true);
    OpenAnswer open;
    open.whole = *std::move(answer);
    if (looksForTags(provider, providerCall))
        extractReasoningTags(open.whole);
    co_return open;
}

// The first event from `begin` on that says whether this stream is the client's answer.
const ChatStreamEvent *firstDecisive(const std::vector<ChatStreamEvent> &events, std::ptrdiff_t begin)
{
    using Kind = ChatStreamEvent::Kind;
    const auto found = std::find_if(events.begin() + begin, events.end(), [](const ChatStreamEvent &event) {
        return event.isUseful || event.kind == Kind::End || event.kind == Kind::Failure;
    });
    return found == events.end() ? nullptr : &*found;
}

qsizetype heldBytes(const ChatStreamEvent &event)
{
    const ChatDelta &delta = event.delta;
    return std::ssize(event.payload) + delta.id.size() + delta.model.size() + delta.text.size() +
           delta.reasoning.size() + delta.reasoningDetail.size() + delta.annotation.size() +
           static_cast<qsizetype>(sizeof event);
}

// Signs of life before the first content have nobody to be told to yet. Returns how many bytes stay, from `begin` on.
qsizetype dropComments(std::vector<ChatStreamEvent> &events, std::ptrdiff_t begin)
{
    const auto isComment = [](const ChatStreamEvent &event) { return event.kind == ChatStreamEvent::Kind::Comment; };
    events.erase(std::remove_if(events.begin() + begin, events.end(), isComment), events.end());
    return std::accumulate(events.begin() + begin, events.end(), qsizetype(0),
                           [](qsizetype sum, const ChatStreamEvent &event) { return sum + heldBytes(event); });
}

// Goes on until there is something that the client should see, so that everything before can still fall back.
Task<AttemptResult> openStream(const Provider &provider, ProviderCall &providerCall, std::unique_ptr<UpstreamCall> call,
                               const AttemptDeadlines &deadlines)
{
    OpenAnswer open;
    open.reader = providerCall.streamReader();
    if (looksForTags(provider, providerCall))
        open.reader = std::make_unique<ReasoningTagReader>(std::move(open.reader));
    const AttemptDeadlines::Limit deadline = deadlines.firstContent();
    qsizetype heldBytes = 0;
    while (heldBytes <= kMaxHeldBytes) {
        Result<QByteArray> bytes = co_await call->read(deadline.at);
        if (!bytes) {
            const auto phase = AttemptDeadlines::Phase::FirstContent;
            co_return failed(deadlines.explain(std::move(bytes.error()), phase, deadline), true);
        }
        const std::ptrdiff_t begin = std::ssize(open.events);
        if (bytes->isEmpty())
            open.reader->finish(open.events);
        else
            open.reader->feed(*bytes, open.events);
        if (const ChatStreamEvent *event = firstDecisive(open.events, begin)) {
            if (event->kind == ChatStreamEvent::Kind::Failure)
                co_return failed(event->error, true);
            if (event->kind == ChatStreamEvent::Kind::End)
                co_return failed(noContent(provider, "ended its stream without any content"), true);
            open.call = std::move(call);
            co_return open;
        }
        heldBytes += dropComments(open.events, begin);
    }
    co_return failed(noContent(provider, "streamed over 1 MiB without any content"), true);
}

Error uploadTimeout(const ProviderConfig &provider)
{
    return {.kind = ErrorKind::UpstreamTimeout,
            .reason = "upload_timeout",
            .message = nameOf(provider) + " did not take the request's body in time"};
}

// While the client still sends, the provider owes nothing but to take it: its own time begins when it has all. Ends
// with the time when it had.
Task<Result<TimePoint>> untilSent(IncomingBody &upload, const ProviderConfig &provider, const RequestDeadline &deadline)
{
    for (;;) {
        const TimePoint start = Clock::now();
        const qint64 taken = upload.taken();
        if (co_await upload.settled(AttemptDeadlines(provider, deadline, start).head().at))
            co_return Clock::now();
        if (Clock::now() >= deadline.at)
            co_return std::unexpected(requestTimeout(deadline, provider.id, "the client was still sending"));
        const bool isStuck = upload.taken() == taken && (upload.hasWaiting() || upload.isEnded());
        if (isStuck)
            co_return std::unexpected(uploadTimeout(provider));
    }
}

std::optional<Error> refusedEncoding(const UpstreamHead &head, const ProviderConfig &provider)
{
    const auto coding = head.headers.value("Content-Encoding");
    if (!coding || coding->isEmpty() || coding->compare("identity", Qt::CaseInsensitive) == 0)
        return std::nullopt;
    return Error{.kind = ErrorKind::UpstreamProtocol,
                 .reason = "upstream_encoding",
                 .message =
                     nameOf(provider) + " answered with Content-Encoding " + *coding + " although it was asked not to"};
}

} // namespace

Task<AttemptResult> attempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                            const AttemptTerms &terms, std::optional<PhaseTimes> &phases)
{
    const std::shared_ptr<const Provider> provider =
        context.runtime->providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target);
    if (!provider) {
        UpstreamFailure failure{.error = {.kind = ErrorKind::UpstreamProtocol,
                                          .reason = "provider_not_supported",
                                          .message = nameOf(*candidate.provider) + " is of type '" +
                                                     candidate.provider->type +
                                                     "', which this version cannot call yet"},
                                .shouldRetry = false};
        co_return std::unexpected(std::move(failure));
    }
    PreparedCall prepared = prepare(*provider, candidate);
    if (!prepared)
        co_return failed(std::move(prepared.error()));
    std::unique_ptr<ProviderCall> providerCall = *std::move(prepared);

    if (!context.record.upstreamStartedAt)
        context.record.upstreamStartedAt = Clock::now();
    const bool isStream = providerCall->request.isStream;
    const std::shared_ptr<IncomingBody> upload = providerCall->request.rest;
    TimePoint start = Clock::now();
    providerCall->request.connectTimeout = connectTimeout(provider->config());
    traceCall(context, terms.spanId, providerCall->request);
    std::unique_ptr<UpstreamCall> call = send(context, *provider, std::move(providerCall->request));
    if (upload) {
        const Result<TimePoint> sent = co_await untilSent(*upload, provider->config(), terms.deadline);
        if (!sent)
            co_return failed(sent.error());
        start = *sent;
    }
    AttemptDeadlines deadlines(provider->config(), terms.deadline, start);
    const AttemptDeadlines::Limit headDeadline = deadlines.head();
    Result<UpstreamHead> head = co_await call->head(headDeadline.at);
    phases = call->phaseTimes();
    if (!head)
        co_return failed(deadlines.explain(std::move(head.error()), AttemptDeadlines::Phase::Head, headDeadline));
    if (!isSuccess(head->status)) {
        UpstreamFailure failure = co_await readErrorAnswer(*provider, *call, *std::move(head), terms.deadline.at);
        co_return std::unexpected(std::move(failure));
    }
    if (std::optional<Error> refused = refusedEncoding(*head, provider->config()))
        co_return failed(*std::move(refused), true);

    AttemptResult open;
    if (isStream)
        open = co_await openStream(*provider, *providerCall, std::move(call), deadlines);
    else
        open = co_await openWhole(*provider, *providerCall, *call, deadlines);
    if (open && terms.refusesFiltered && (isStream ? isFiltered(open->events) : isFiltered(open->whole)))
        open = failed(filteredAnswer(), true);
    if (open) {
        context.record.firstByteAt = Clock::now();
        open->provider = provider;
        deadlines.commit();
        open->deadlines.emplace(std::move(deadlines));
        open->droppedParams = std::move(providerCall->droppedParams);
        open->status = head->status;
        open->headers = std::move(head->headers);
    }
    co_return open;
}

} // namespace lunargate
