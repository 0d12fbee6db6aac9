// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/upstream/wire.h"

#include <QTest>

namespace lunargate::test {

/// A test whose functions run over each wire, every one with an upstream and a transport of its own.
class WireTest : public QObject
{
    Q_OBJECT

protected:
    Nginx m_front{0};
    std::unique_ptr<Wire> m_wire;

protected Q_SLOTS:
    void cleanup() { m_wire.reset(); }

private Q_SLOTS:
    void initTestCase_data() { addWires(); }
    void initTestCase()
    {
        QVERIFY2(!Nginx::program().isEmpty(), "nginx is not installed; ./dev setup installs it");
        QVERIFY(m_front.start());
    }
    void init()
    {
        QTest::failOnWarning();
        m_wire = std::make_unique<Wire>(m_front);
    }
};

} // namespace lunargate::test
