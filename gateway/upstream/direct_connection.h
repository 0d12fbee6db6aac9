// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QHostAddress>
#include <QObject>
#include <QSocketNotifier>

#include <memory>
#include <span>

namespace lunargate {

/// A TCP connection without TLS, driven by its thread's event loop. Nothing is buffered here: its user sends and
/// receives.
class DirectConnection : public QObject
{
public:
    /// Whom it tells, from the event loop. Either function may close the connection.
    class User
    {
    public:
        User() = default;
        User(const User &) = delete;
        User &operator=(const User &) = delete;
        virtual ~User() = default;

        /// receive() has something to say.
        virtual void onReadable() = 0;
        /// send() can take something; the first time: connecting ended, see connectError().
        virtual void onWritable() = 0;
    };

    /// Closes it at once; the object goes when the event loop comes round, so that this is possible from inside its own
    /// calls.
    struct Close
    {
        void operator()(DirectConnection *connection) const;
    };
    using Pointer = std::unique_ptr<DirectConnection, Close>;

    /// Begins to connect, and waits for that to end. Null if the system refuses even that, for the reason in `error`
    /// (an errno).
    static Pointer open(const QHostAddress &address, quint16 port, int &error);

    ~DirectConnection() override;

    void setUser(User *user) { m_user = user; }
    /// Both are off until they are wanted, but for writing while it connects.
    void watchReading(bool on) { m_reading.setEnabled(on); }
    void watchWriting(bool on) { m_writing.setEnabled(on); }

    /// Why connecting failed (an errno), or 0.
    int connectError() const;
    /// Sends what can be sent of `parts` at once: how many bytes, or -1 (errno says why, EAGAIN is no failure).
    qsizetype send(std::span<const QByteArrayView> parts);
    /// How many bytes came, 0 at the end of what the other side sends, or -1 (errno).
    qsizetype receive(std::span<char> to);
    /// Whether nothing came, and it was not closed either.
    bool isSilent() const;

private:
    explicit DirectConnection(int descriptor);

    int m_descriptor;
    User *m_user = nullptr;
    QSocketNotifier m_reading;
    QSocketNotifier m_writing;
};

} // namespace lunargate
