// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/fake_upstream.h"

#include "tests/bench/answers.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <format>

namespace lunargate::bench {

using namespace std::chrono;

namespace {

constexpr std::uint64_t listenerTag = 0;
constexpr std::uint64_t stopTag = 1;
constexpr std::size_t readBufferBytes = 256 * 1024;
// Before connections are looked at again: who is late with chunks must not be deaf too.
constexpr int chunksInARow = 256;

// The path and query of a POST; empty if it is something else.
std::string_view postTarget(const MessageReader &request)
{
    constexpr std::string_view method = "POST ";
    const std::string_view line = request.startLine();
    return line.starts_with(method) ? line.substr(method.size(), line.rfind(' ') - method.size()) : std::string_view();
}

std::string plainAnswer(const Protocol &protocol, Fault fault)
{
    std::string text(completionText());
    if (fault == Fault::Corrupt)
        text[text.size() / 2] ^= 1;
    const std::string body = protocol.completion(text);
    const std::string_view status = fault == Fault::Status ? "500 Internal Server Error" : "200 OK";
    std::string answer = std::format("HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                                     status, body.size(), body);
    if (fault == Fault::Cut)
        answer.resize(answer.size() - body.size() / 2);
    return answer;
}

void appendFramed(std::string &output, std::string_view piece)
{
    std::format_to(std::back_inserter(output), "{:x}\r\n{}\r\n", piece.size(), piece);
}

long long headerNumber(const MessageReader &request, std::string_view name, long long otherwise)
{
    const std::string_view text = request.header(name);
    std::from_chars(text.data(), text.data() + text.size(), otherwise);
    return otherwise;
}

} // namespace

std::string UpstreamCounts::toJson() const
{
    std::string list;
    for (const auto &[protocol, each] : requests) {
        list += std::format(R"({}"{}":{{"completions":{},"streams":{},"smallest_body":{},"largest_body":{}}})",
                            list.empty() ? "" : ",", protocol, each.completions, each.streams, each.smallestBody,
                            each.largestBody);
    }
    return std::format(R"({{"connections":{},"abandoned":{},"refused":{},"requests":{{{}}}}})", connections, abandoned,
                       refused, list);
}

std::expected<std::unique_ptr<FakeUpstream>, std::string> FakeUpstream::listen(const UpstreamOptions &options)
{
    auto listener = listenOnLoopback(options.port);
    if (!listener)
        return std::unexpected(listener.error());
    return std::unique_ptr<FakeUpstream>(new FakeUpstream(options, std::move(*listener)));
}

FakeUpstream::FakeUpstream(const UpstreamOptions &options, Descriptor listener)
    : m_options(options),
      m_listener(std::move(listener)),
      m_stopEvent(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      m_lastId(stopTag),
      m_readBuffer(readBufferBytes, '\0')
{
    m_poller.add(m_listener, listenerTag, EPOLLIN);
    m_poller.add(m_stopEvent, stopTag, EPOLLIN);
    for (const Protocol *protocol : protocols()) {
        m_plainAnswers[protocol] = plainAnswer(*protocol, options.fault);
        m_counts.requests[protocol->name()] = {};
    }
}

void FakeUpstream::stop()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(m_stopEvent.get(), &one, sizeof one);
}

void FakeUpstream::run()
{
    m_isRunning = true;
    while (m_isRunning) {
        const Clock::time_point deadline = m_due.empty() ? Clock::now() + 1h : m_due.top().when;
        for (const epoll_event &event : m_poller.wait(deadline)) {
            if (event.data.u64 == listenerTag)
                acceptAll();
            else if (event.data.u64 == stopTag)
                m_isRunning = false;
            else
                serve(event.data.u64, event.events);
        }
        sendDueChunks();
    }
}

void FakeUpstream::acceptAll()
{
    while (Descriptor socket = acceptFrom(m_listener)) {
        const std::uint64_t id = ++m_lastId;
        m_poller.add(socket, id, EPOLLIN);
        m_connections[id].socket = std::move(socket);
        ++m_counts.connections;
    }
}

void FakeUpstream::serve(std::uint64_t id, std::uint32_t events)
{
    const auto found = m_connections.find(id);
    if (found == m_connections.end())
        return;
    Connection &connection = found->second;
    if ((events & EPOLLOUT) && !flush(id, connection))
        return;
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return;

    const ssize_t count = ::recv(connection.socket.get(), m_readBuffer.data(), m_readBuffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        m_counts.abandoned += connection.stream.has_value();
        drop(id);
        return;
    }
    take(id, connection, std::string_view(m_readBuffer).substr(0, static_cast<std::size_t>(count)));
}

void FakeUpstream::take(std::uint64_t id, Connection &connection, std::string_view input)
{
    const bool hadHead = connection.request.hasHead();
    const std::size_t taken = connection.request.take(input);
    if (!hadHead && connection.request.hasHead() && !connection.request.header("expect").empty())
        connection.output += "HTTP/1.1 100 Continue\r\n\r\n";

    const bool isInvalid = connection.request.state() == MessageReader::State::Invalid;
    if (isInvalid || taken < input.size()) { // a second request before the first was answered: nobody here sends that
        ++m_counts.refused;
        drop(id);
        return;
    }
    if (connection.request.state() == MessageReader::State::Complete)
        answer(id, connection);
    if (!connection.output.empty())
        flush(id, connection);
}

void FakeUpstream::answer(std::uint64_t id, Connection &connection)
{
    const std::string_view target = postTarget(connection.request);
    const std::string_view body = connection.request.body();
    auto asked = Protocol::Asked::Nothing;
    const auto protocol = std::ranges::find_if(protocols(), [&](const Protocol *each) {
        asked = each->asked(target, body);
        return asked != Protocol::Asked::Nothing;
    });
    if (protocol == protocols().end()) {
        ++m_counts.refused;
        connection.output += "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    } else {
        RequestCounts &counts = m_counts.requests[(*protocol)->name()];
        counts.smallestBody = counts.largestBody == 0 ? body.size() : std::min(counts.smallestBody, body.size());
        counts.largestBody = std::max(counts.largestBody, body.size());
        const bool isStream = asked == Protocol::Asked::Stream && m_options.fault != Fault::Status;
        ++(isStream ? counts.streams : counts.completions);
        if (isStream)
            beginStream(id, connection, **protocol);
        else
            answerPlain(connection, **protocol);
    }
    connection.request.reset();
}

void FakeUpstream::answerPlain(Connection &connection, const Protocol &protocol)
{
    connection.output += m_plainAnswers[&protocol];
    connection.closeWhenSent = m_options.fault == Fault::Cut;
}

void FakeUpstream::beginStream(std::uint64_t id, Connection &connection, const Protocol &protocol)
{
    const auto chunks = static_cast<int>(headerNumber(connection.request, "x-bench-chunks", m_options.chunks));
    connection.stream.emplace(protocol, chunks, m_options.fault, requestNumber(connection.request.body()));
    connection.delay = milliseconds(headerNumber(connection.request, "x-bench-delay-ms", m_options.delay.count()));
    connection.streamStart = Clock::now();
    connection.output += std::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nCache-Control: no-cache\r\n"
                                     "Transfer-Encoding: chunked\r\n\r\n",
                                     protocol.streamType());
    sendChunk(id, connection);
}

void FakeUpstream::sendDueChunks()
{
    for (int sent = 0; sent < chunksInARow && !m_due.empty() && m_due.top().when <= Clock::now(); ++sent) {
        const std::uint64_t id = m_due.top().connection;
        m_due.pop();
        const auto found = m_connections.find(id);
        if (found == m_connections.end())
            continue;
        sendChunk(id, found->second);
        flush(id, found->second);
    }
}

void FakeUpstream::sendChunk(std::uint64_t id, Connection &connection)
{
    StreamScript &stream = *connection.stream;
    if (const std::string events = stream.next(Clock::now()); !events.empty())
        appendFramed(connection.output, events);
    switch (stream.state()) {
    case StreamScript::State::Running:
        // From the start and not from now, so that a late chunk does not delay those after it.
        m_due.push({connection.streamStart + stream.sequence() * connection.delay, id});
        break;
    case StreamScript::State::Complete:
        connection.output += "0\r\n\r\n";
        connection.stream.reset();
        break;
    case StreamScript::State::Cut:
        connection.closeWhenSent = true;
        connection.stream.reset();
        break;
    case StreamScript::State::Stalled:
        break;
    }
}

bool FakeUpstream::flush(std::uint64_t id, Connection &connection)
{
    while (connection.outputSent < connection.output.size()) {
        const std::string_view rest = std::string_view(connection.output).substr(connection.outputSent);
        const ssize_t count = ::send(connection.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            if (!std::exchange(connection.waitsForWritable, true))
                m_poller.change(connection.socket, id, EPOLLIN | EPOLLOUT);
            return true;
        }
        if (count < 0) {
            m_counts.abandoned += connection.stream.has_value();
            drop(id);
            return false;
        }
        connection.outputSent += static_cast<std::size_t>(count);
    }
    connection.output.clear();
    connection.outputSent = 0;
    if (std::exchange(connection.waitsForWritable, false))
        m_poller.change(connection.socket, id, EPOLLIN);
    if (connection.closeWhenSent) {
        drop(id);
        return false;
    }
    return true;
}

void FakeUpstream::drop(std::uint64_t id)
{
    m_connections.erase(id);
}

} // namespace lunargate::bench
