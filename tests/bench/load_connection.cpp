// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/load_connection.h"

#include "tests/bench/answers.h"

#include <sys/socket.h>

#include <cerrno>
#include <format>

namespace lunargate::bench {

LoadConnection::LoadConnection(std::string_view request, std::optional<int> streamChunks, const StreamFormat &format,
                               Poller &poller, std::uint64_t tag)
    : m_request(request),
      m_isStream(streamChunks.has_value()),
      m_format(format),
      m_poller(poller),
      m_tag(tag),
      m_stream(streamChunks.value_or(0), format)
{
}

void LoadConnection::vary(std::size_t at, std::string_view digits)
{
    if (m_variedRequest.empty())
        m_variedRequest = m_request;
    m_variedRequest.replace(at, digits.size(), digits);
    m_request = m_variedRequest;
}

LoadConnection::Outcome LoadConnection::begin(std::uint16_t port)
{
    m_isPending = true;
    m_sent = 0;
    m_answer.reset();
    m_stream.reset();
    m_firstPiece = {};
    m_start = m_lastProgress = Clock::now();
    if (!m_socket) {
        auto socket = connectToLoopback(port);
        if (!socket)
            return fail(socket.error());
        m_socket = std::move(*socket);
        m_waitsForWritable = false;
        m_poller.add(m_socket, m_tag, EPOLLIN);
        ++m_connects;
    }
    return send();
}

LoadConnection::Outcome LoadConnection::serve(std::uint32_t events, std::string &buffer)
{
    if (!m_isPending) { // closed by the other side between two requests
        m_socket = {};
        return Outcome::Pending;
    }
    if ((events & EPOLLOUT) && send() == Outcome::Failed)
        return Outcome::Failed;
    return events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? read(buffer) : Outcome::Pending;
}

LoadConnection::Outcome LoadConnection::fail(std::string why)
{
    m_problem = std::move(why);
    m_isPending = false;
    m_socket = {};
    return Outcome::Failed;
}

LoadConnection::Outcome LoadConnection::send()
{
    while (m_sent < m_request.size()) {
        const std::string_view rest = m_request.substr(m_sent);
        const ssize_t count = ::send(m_socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            if (!std::exchange(m_waitsForWritable, true))
                m_poller.change(m_socket, m_tag, EPOLLIN | EPOLLOUT);
            return Outcome::Pending;
        }
        if (count < 0)
            return fail(systemError("cannot send"));
        m_sent += static_cast<std::size_t>(count);
        m_lastProgress = Clock::now();
    }
    if (std::exchange(m_waitsForWritable, false))
        m_poller.change(m_socket, m_tag, EPOLLIN);
    return Outcome::Pending;
}

LoadConnection::Outcome LoadConnection::read(std::string &buffer)
{
    const ssize_t count = ::recv(m_socket.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return Outcome::Pending;
    if (count < 0)
        return fail(systemError("cannot receive"));
    if (count == 0)
        return fail("connection closed before the end of the answer");
    return take(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
}

LoadConnection::Outcome LoadConnection::take(std::string_view input)
{
    const Clock::time_point now = Clock::now();
    m_lastProgress = now;
    const std::size_t taken = m_answer.take(input);
    if (m_answer.state() == MessageReader::State::Invalid)
        return fail("no valid HTTP/1.1 answer");
    if (taken < input.size())
        return fail("bytes after the end of the answer");

    if (!m_answer.body().empty() && m_firstPiece == Clock::time_point())
        m_firstPiece = now;
    if (m_isStream && m_answer.status() == 200) {
        if (const std::string &problem = m_stream.take(m_answer.body(), now); !problem.empty())
            return fail(problem);
        m_answer.body().clear();
    }
    return m_answer.state() == MessageReader::State::Complete ? finish() : Outcome::Pending;
}

LoadConnection::Outcome LoadConnection::finish()
{
    if (std::string problem = problemOfAnswer(); !problem.empty())
        return fail(std::move(problem));
    m_isPending = false;
    if (m_answer.header("connection") == "close")
        m_socket = {};
    return Outcome::Answered;
}

std::string LoadConnection::problemOfAnswer()
{
    if (m_answer.status() != 200)
        return std::format("status {}", m_answer.status());
    if (m_sent < m_request.size())
        return "answered before the whole request was read";
    if (!m_isStream)
        return problemOfCompletion();
    return m_answer.header("content-type").starts_with(m_format.contentType) ? m_stream.finish() : "not a stream";
}

std::string LoadConnection::problemOfCompletion()
{
    std::string_view body = m_answer.body();
    while (body.ends_with('\n') || body.ends_with(' '))
        body.remove_suffix(1);
    if (!body.starts_with('{') || !body.ends_with('}'))
        return "a completion that is no JSON object";
    if (m_request.starts_with("GET "))
        return {};
    return body.contains(completionText()) ? std::string() : "a completion with changed text";
}

} // namespace lunargate::bench
