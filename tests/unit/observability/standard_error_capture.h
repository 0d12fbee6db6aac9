// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QTemporaryFile>

#include <unistd.h>

namespace lunargate::test {

/// Standard error goes into a file as long as this lives, and Qt's message handler is put back at the end.
class StandardErrorCapture
{
public:
    StandardErrorCapture() : m_handler(qInstallMessageHandler(nullptr)), m_original(dup(2))
    {
        qInstallMessageHandler(m_handler);
        if (m_file.open())
            dup2(m_file.handle(), 2);
    }
    ~StandardErrorCapture()
    {
        dup2(m_original, 2);
        close(m_original);
        qInstallMessageHandler(m_handler);
    }
    StandardErrorCapture(const StandardErrorCapture &) = delete;
    StandardErrorCapture &operator=(const StandardErrorCapture &) = delete;

    /// What was written so far.
    QByteArray text()
    {
        m_file.seek(0);
        return m_file.readAll();
    }
    QByteArrayList lines()
    {
        QByteArrayList result = text().split('\n');
        if (!result.isEmpty() && result.last().isEmpty())
            result.removeLast();
        return result;
    }

private:
    QtMessageHandler m_handler;
    int m_original;
    QTemporaryFile m_file;
};

} // namespace lunargate::test
