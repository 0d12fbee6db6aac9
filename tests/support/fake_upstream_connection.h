// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fake_upstream.h"

#include <QTcpSocket>

namespace lunargate::test {

/// One connection to a FakeUpstream: reads requests one after the other and plays their scripts.
class FakeUpstreamConnection : public QObject
{
    Q_OBJECT

public:
    /// Becomes a child of `upstream` and takes the socket; deletes itself after the connection's end.
    FakeUpstreamConnection(FakeUpstream *upstream, QTcpSocket *socket, int number);

private:
    void readSome();
    void headCame();
    void startScript();
    void play();
    /// Plays the present step; false if it has to wait for something.
    bool playStep();
    bool playSend(const Script::Send &send);
    void playClose(bool reset);
    void finishIfDone();
    void peerClosed();

    FakeUpstream *const m_upstream;
    QTcpSocket *const m_socket;
    const int m_number;
    HttpReader m_reader{HttpReader::Kind::Request};
    std::shared_ptr<ReceivedRequest> m_request; // the one being read or answered
    Script m_script;
    size_t m_step = 0;
    int m_timesSent = 0;  // of the present Send
    qsizetype m_byte = 0; // of the present Send that goes byte by byte
    bool m_isPlaying = false;
    bool m_mayReadBody = true;
    bool m_isHeld = false;
};

} // namespace lunargate::test
