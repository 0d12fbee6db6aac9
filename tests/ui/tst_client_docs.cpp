// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/client.h"

#include <QFile>
#include <QTest>

using namespace lunargate::ui;

/// docs/clients.md and the desktop app say the same.
class ClientDocsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheSnippet_data()
    {
        QTest::addColumn<QString>("snippet");
        const GatewayPlace place{.address = QStringLiteral("http://127.0.0.1:8080"), .asksForKey = true};
        for (const Client &client : allClients())
            QTest::newRow(client.name) << client.snippet(place);
    }

    void showsTheSnippet()
    {
        QFETCH(const QString, snippet);
        QFile file(QStringLiteral(LUNARGATE_SOURCE_DIR "/docs/clients.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        QVERIFY2(text.contains(u'\n' + snippet + QStringLiteral("```\n")),
                 qPrintable(QStringLiteral("docs/clients.md lacks:\n") + snippet));
    }
};

QTEST_GUILESS_MAIN(ClientDocsTest)

#include "tst_client_docs.moc"
