// SPDX-License-Identifier: GPL-3.0-or-later
// The load generator against the fake upstream, without a gateway: sound answers pass, and each fault is noticed.
// Gemini's streams no client reads as they are; what a gateway makes of them is tested in tst_protocols.cpp.
#include "tests/bench/fake_upstream.h"
#include "tests/bench/load_generator.h"
#include "tests/bench/protocol.h"

#include <array>
#include <cstdio>
#include <string>
#include <thread>

namespace {

using namespace lunargate::bench;
using namespace std::chrono_literals;

struct Endpoint
{
    std::string protocol;
    std::string completions;
    std::string streams;
};

const std::array<Endpoint, 5> endpoints{{{"openai", "/v1/chat/completions", "/v1/chat/completions"},
                                         {"anthropic", "/v1/messages", "/v1/messages"},
                                         {"gemini", "/v1beta/models/bench-model:generateContent",
                                          "/v1beta/models/bench-model:streamGenerateContent?alt=sse"},
                                         {"responses", "/v1/responses", "/v1/responses"},
                                         {"ollama", "/api/chat", "/api/chat"}}};

bool isForClients(const Endpoint &endpoint)
{
    return endpoint.protocol != "gemini";
}

constexpr int chunks = 8;
int failures = 0;

void expect(bool isTrue, const std::string &claim)
{
    std::printf("%s  %s\n", isTrue ? "ok  " : "FAIL", claim.c_str());
    failures += !isTrue;
}

/// An upstream in a thread of its own.
class RunningUpstream
{
public:
    explicit RunningUpstream(Fault fault)
        : m_upstream(FakeUpstream::listen({.port = 0, .chunks = chunks, .delay = 2ms, .fault = fault}).value()),
          m_thread([this] { m_upstream->run(); })
    {
    }
    ~RunningUpstream() { end(); }

    std::uint16_t port() const { return m_upstream->port(); }
    const UpstreamCounts &end()
    {
        m_upstream->stop();
        if (m_thread.joinable())
            m_thread.join();
        return m_upstream->counts();
    }

private:
    std::unique_ptr<FakeUpstream> m_upstream;
    std::thread m_thread;
};

std::string plainBody(std::size_t padding)
{
    return R"({"model":"bench-model","messages":[{"role":"user","content":")" + std::string(padding, 'x') + R"("}]})";
}

LoadOptions plainLoad(std::uint16_t port)
{
    LoadOptions options;
    options.port = port;
    options.body = plainBody(100);
    options.connections = 4;
    options.requests = 200;
    options.patience = 300ms;
    return options;
}

LoadOptions streamLoad(std::uint16_t port)
{
    LoadOptions options = plainLoad(port);
    options.body = R"({"stream":true,"model":"bench-model","messages":[]})";
    options.requests = 12;
    options.streamChunks = chunks;
    return options;
}

void soundAnswersPass()
{
    RunningUpstream upstream(Fault::None);
    LoadResult plain = LoadGenerator(plainLoad(upstream.port())).run();
    expect(plain.completed == 200 && plain.failed == 0 && plain.latency.count() == 200, "200 completions are accepted");
    expect(plain.connects == 4, "completions share four connections");

    LoadOptions large = plainLoad(upstream.port());
    large.body = plainBody(512 * 1024);
    large.requests = 8;
    expect(LoadGenerator(large).run().completed == 8, "512 KiB requests are accepted");

    LoadResult streams = LoadGenerator(streamLoad(upstream.port())).run();
    expect(streams.completed == 12 && streams.failed == 0, "12 streams are accepted");
    expect(streams.chunks == 12 * chunks && streams.transit.count() == streams.chunks, "every chunk is timed");
    expect(streams.peakStreams == 4, "four streams run at a time");
    expect(streams.latency.percentile(0) >= (chunks - 1) * 2ms, "chunks keep their distance");
    expect(streams.transit.percentile(0) > 0ns && streams.transit.percentile(1) < 1s, "transit times are plausible");

    const UpstreamCounts &counts = upstream.end();
    const RequestCounts &requests = counts.requests.at("openai");
    expect(requests.completions == 208 && requests.streams == 12 && counts.refused == 0,
           "the upstream counts the same");
    expect(requests.smallestBody < 1024 && requests.largestBody > 512 * 1024, "the upstream read whole bodies");
}

void everyProtocolIsServed()
{
    RunningUpstream upstream(Fault::None);
    for (const Endpoint &endpoint : endpoints) {
        LoadOptions options = plainLoad(upstream.port());
        options.path = endpoint.completions;
        expect(LoadGenerator(options).run().completed == 200, endpoint.protocol + ": 200 completions are accepted");
        options = streamLoad(upstream.port());
        options.path = endpoint.streams;
        const LoadResult streams = LoadGenerator(options).run();
        expect(!isForClients(endpoint) || streams.completed == 12, endpoint.protocol + ": 12 streams are accepted");
    }
    const UpstreamCounts &counts = upstream.end();
    for (const Endpoint &endpoint : endpoints) {
        const RequestCounts &requests = counts.requests.at(endpoint.protocol);
        expect(requests.completions == 200 && requests.streams >= 1, endpoint.protocol + ": counted on its own");
    }
}

LoadOptions numberedLoad(std::uint16_t port)
{
    LoadOptions options = streamLoad(port);
    options.body = std::string(R"({"stream":true,"messages":[{"content":")") + std::string(kNumberMark) +
                   std::string(kVariedDigits) + R"("}]})";
    options.isVaried = true;
    return options;
}

void numberedStreamsAreToldApart()
{
    RunningUpstream upstream(Fault::None);
    const LoadResult streams = LoadGenerator(numberedLoad(upstream.port())).run();
    expect(streams.completed == 12, "each stream tells its request's number");
    expect(streams.stalled == 0 && streams.largestStall < kStall, "none stalls");
}

void stallsAreNoticed()
{
    StreamVerifier verifier(3);
    const auto at = [](int milliseconds) { return Clock::time_point(std::chrono::milliseconds(milliseconds)); };
    const auto take = [&](int sequence, int sent, int arrival) {
        const ChunkStamp stamp{sequence, std::chrono::nanoseconds(at(sent).time_since_epoch()).count()};
        verifier.take(openAiProtocol().content(stamp), at(arrival));
    };
    take(0, 1000, 1010);
    take(1, 2000, 2010); // the upstream's own silence
    expect(verifier.largestStall() == 0ms, "a pause of the upstream is no stall");
    take(2, 2020, 2330);
    expect(verifier.largestStall() == 300ms, "a chunk that is held up is one");
}

void expectProblem(LoadOptions options, const std::string &problem, const std::string &claim)
{
    options.connections = 1;
    const LoadResult result = LoadGenerator(std::move(options)).run();
    const std::string seen = result.problems.empty() ? "nothing" : result.problems.begin()->first;
    expect(result.completed == 0 && result.failed == 1 && seen == problem,
           claim + (seen == problem ? "" : ", but seen: " + seen));
}

void faultyStreamIsNoticed(Fault fault, const std::string &problem)
{
    for (const Endpoint &endpoint : endpoints) {
        if (!isForClients(endpoint))
            continue;
        RunningUpstream upstream(fault);
        LoadOptions options = streamLoad(upstream.port());
        options.path = endpoint.streams;
        expectProblem(std::move(options), problem, "stream, " + endpoint.protocol + ": " + problem);
    }
}

void mixedUpStreamIsNoticed()
{
    RunningUpstream upstream(Fault::Mix);
    expectProblem(numberedLoad(upstream.port()), "a chunk of another stream", "stream, another one's chunk");
}

void missingEndIsNoticed(const Endpoint &endpoint, const std::string &problem)
{
    RunningUpstream upstream(Fault::MissingDone);
    LoadOptions options = streamLoad(upstream.port());
    options.path = endpoint.streams;
    expectProblem(std::move(options), problem, "stream without its end, " + endpoint.protocol + ": " + problem);
}

void faultyCompletionIsNoticed(Fault fault, const std::string &problem)
{
    for (const Endpoint &endpoint : endpoints) {
        RunningUpstream upstream(fault);
        LoadOptions options = plainLoad(upstream.port());
        options.path = endpoint.completions;
        expectProblem(std::move(options), problem, "completion, " + endpoint.protocol + ": " + problem);
    }
}

void untranslatedStreamIsNoticed(const Endpoint &endpoint, const std::string &problem)
{
    RunningUpstream upstream(Fault::None);
    LoadOptions options = streamLoad(upstream.port());
    options.path = endpoint.streams;
    options.streamAs = "/v1/chat/completions";
    expectProblem(std::move(options), problem, endpoint.protocol + ": a stream that was not translated");
}

void unknownTargetIsRefused(const std::string &path)
{
    RunningUpstream upstream(Fault::None);
    LoadOptions options = streamLoad(upstream.port());
    options.path = path;
    expectProblem(std::move(options), "status 404", "refused: " + path);
    expect(upstream.end().refused == 1, "the upstream counts what it refused");
}

void percentilesAreExact()
{
    Samples samples;
    for (int i = 100; i >= 1; --i)
        samples.add(std::chrono::nanoseconds(i));
    expect(samples.percentile(0.5) == 50ns && samples.percentile(0.99) == 99ns && samples.percentile(1) == 100ns,
           "percentiles are exact");
}

} // namespace

int main()
{
    percentilesAreExact();
    soundAnswersPass();
    everyProtocolIsServed();
    numberedStreamsAreToldApart();
    stallsAreNoticed();
    mixedUpStreamIsNoticed();
    unknownTargetIsRefused("/v1/completions");
    unknownTargetIsRefused("/v1beta/models/bench-model:streamGenerateContent");
    faultyCompletionIsNoticed(Fault::Status, "status 500");
    faultyCompletionIsNoticed(Fault::Corrupt, "a completion with changed text");
    faultyCompletionIsNoticed(Fault::Cut, "connection closed before the end of the answer");
    faultyStreamIsNoticed(Fault::Status, "status 500");
    faultyStreamIsNoticed(Fault::Corrupt, "a chunk with changed text");
    faultyStreamIsNoticed(Fault::Reorder, "a chunk missing or early");
    faultyStreamIsNoticed(Fault::Duplicate, "a chunk twice or late");
    faultyStreamIsNoticed(Fault::Short, "chunks missing at the end");
    missingEndIsNoticed(endpoints[0], "no end");
    missingEndIsNoticed(endpoints[1], "no end");
    missingEndIsNoticed(endpoints[3], "no usage"); // one event tells all
    missingEndIsNoticed(endpoints[4], "no finish reason");
    faultyStreamIsNoticed(Fault::Cut, "connection closed before the end of the answer");
    faultyStreamIsNoticed(Fault::Stall, "no progress any more");
    untranslatedStreamIsNoticed(endpoints[1], "an event that is no JSON object");
    untranslatedStreamIsNoticed(endpoints[2], "chunks missing at the end");
    return failures == 0 ? 0 : 1;
}
