// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/data_url.h"

#include <QTest>

namespace lunargate {

class DataUrlTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsDataUrls_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("mediaType");
        QTest::addColumn<QByteArray>("base64");
        QTest::newRow("plain") << QByteArray("data:image/png;base64,iVBO+/==") << QByteArray("image/png")
                               << QByteArray("iVBO+/==");
        QTest::newRow("capitals") << QByteArray("DATA:Image/PNG;BASE64,QQ==") << QByteArray("image/png")
                                  << QByteArray("QQ==");
        QTest::newRow("parameters") << QByteArray("data:text/plain;charset=utf-8;base64,QQ") << QByteArray("text/plain")
                                    << QByteArray("QQ");
        QTest::newRow("no type") << QByteArray("data:;base64,QQ") << QByteArray() << QByteArray("QQ");
        QTest::newRow("white space") << QByteArray("data:image/png;base64, iV\r\nBO ") << QByteArray("image/png")
                                     << QByteArray("iVBO");
        QTest::newRow("a name that is none")
            << QByteArray("data:image/jpg;base64,QQ") << QByteArray("image/jpeg") << QByteArray("QQ");
        QTest::newRow("no bytes") << QByteArray("data:image/png;base64,") << QByteArray("image/png") << QByteArray();
    }

    void readsDataUrls()
    {
        QFETCH(const QByteArray, url);
        const std::optional<DataUrl> read = readDataUrl(url);
        QVERIFY(read);
        QTEST(read->mediaType, "mediaType");
        QTEST(read->base64, "base64");
    }

    void refusesWhatIsNone_data()
    {
        QTest::addColumn<QByteArray>("url");
        for (const char *url : {"", "data:", "https://a.test/b.png", "data:image/png,abc", "data:image/png;base64",
                                "data:image/png;base64,a\"b", "data:image/png;base64,a%20b"})
            QTest::addRow("%s", url) << QByteArray(url);
    }

    void refusesWhatIsNone()
    {
        QFETCH(const QByteArray, url);
        QVERIFY(!readDataUrl(url));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::DataUrlTest)
#include "tst_data_url.moc"
