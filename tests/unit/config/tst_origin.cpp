// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/origin.h"

#include <QTest>

using namespace lunargate;

class OriginTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isSchemeHostAndPort_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("origin");
        const auto row = [](const char *name, const char *url, const char *origin) {
            QTest::newRow(name) << QByteArray(url) << QByteArray(origin);
        };
        row("path", "https://api.openai.com/v1", "https://api.openai.com");
        row("capitals", "HTTPS://API.OpenAI.com", "https://api.openai.com");
        row("the scheme's own port", "https://api.openai.com:443/v1", "https://api.openai.com");
        row("the other scheme's port", "http://api.openai.com:443", "http://api.openai.com:443");
        row("another port", "http://127.0.0.1:11434/", "http://127.0.0.1:11434");
        row("IPv6", "http://[::1]:8000/v1", "http://[::1]:8000");
        row("user and query", "https://me:pw@example.com/a?key=b#c", "https://example.com");
        row("a host in the user's place", "https://api.openai.com@evil.example/v1", "https://evil.example");
        row("another scheme", "ftp://example.com", "");
        row("no address", "openai", "");
        row("empty", "", "");
    }

    void isSchemeHostAndPort()
    {
        QFETCH(const QByteArray, url);
        QFETCH(const QByteArray, origin);
        QCOMPARE(originOf(url), origin);
    }
};

QTEST_GUILESS_MAIN(OriginTest)
#include "tst_origin.moc"
