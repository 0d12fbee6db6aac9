// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/content_hash.h"

#include <QCryptographicHash>
#include <QTest>

namespace lunargate {

class ContentHashTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    // Around the size of its buffer, in pieces of any size.
    void isSha256_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("piece");
        for (const int size : {0, 1, 63, 64, 1023, 1024, 1025, 2048, 100'000}) {
            for (const int piece : {1, 7, 1023, 1024, 1025, 100'000})
                QTest::addRow("%d bytes by %d", size, piece) << size << piece;
        }
    }
    void isSha256()
    {
        QFETCH(const int, size);
        QFETCH(const int, piece);
        QByteArray bytes(size, '\0');
        for (int i = 0; i < size; ++i)
            bytes[i] = static_cast<char>(i * 7 + i / 251);
        ContentHash hash;
        for (qsizetype i = 0; i < size; i += piece)
            hash.put(QByteArrayView(bytes).sliced(i, std::min<qsizetype>(piece, size - i)));
        const ContentHash::Digest digest = hash.result();
        QCOMPARE(QByteArray(digest.data(), digest.size()), QCryptographicHash::hash(bytes, QCryptographicHash::Sha256));
    }

    void keepsValuesApart()
    {
        const auto of = [](const QByteArrayList &texts) {
            ContentHash hash;
            for (const QByteArray &text : texts)
                hash.add(text);
            return hash.result();
        };
        QVERIFY(of({"ab", "c"}) != of({"a", "bc"}));
        QVERIFY(of({"a", ""}) != of({"", "a"}));
        QVERIFY(of({"a"}) != of({"a", ""}));
        QVERIFY(of({"a", "b"}) == of({"a", "b"}));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ContentHashTest)
#include "tst_content_hash.moc"
