// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>

namespace lunargate::test {

/// Holds a script until the test says so: the order of things comes from events, never from sleeping.
class Gate : public QObject
{
    Q_OBJECT

public:
    static std::shared_ptr<Gate> make() { return std::make_shared<Gate>(); }

    bool isOpen() const { return m_open; }
    void open()
    {
        m_open = true;
        Q_EMIT opened();
    }

Q_SIGNALS:
    void opened();

private:
    bool m_open = false;
};

using GatePointer = std::shared_ptr<Gate>;

} // namespace lunargate::test
