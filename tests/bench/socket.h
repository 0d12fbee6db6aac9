// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace lunargate::bench {

/// Owns a file descriptor.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int descriptor) : m_descriptor(descriptor) {}
    Descriptor(Descriptor &&other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    ~Descriptor()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }

    int get() const { return m_descriptor; }
    explicit operator bool() const { return m_descriptor >= 0; }

private:
    int m_descriptor = -1;
};

/// A non-blocking listening socket on 127.0.0.1; port 0: the system chooses. The error is a sentence.
std::expected<Descriptor, std::string> listenOnLoopback(std::uint16_t port);

/// A non-blocking socket that is connected or connecting to 127.0.0.1. The error is a sentence.
std::expected<Descriptor, std::string> connectToLoopback(std::uint16_t port);

/// The next waiting connection, non-blocking; empty if there is none.
Descriptor acceptFrom(const Descriptor &listener);

std::uint16_t localPort(const Descriptor &socket);

/// As many descriptors as the system lets this program have.
void raiseDescriptorLimit();

/// The text of `errno` after `what`.
std::string systemError(const char *what);

} // namespace lunargate::bench
