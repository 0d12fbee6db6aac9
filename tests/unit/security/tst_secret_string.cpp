// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/secret_string.h"

#include <QDebug>
#include <QString>
#include <QTest>

namespace lunargate {

// What must not compile: a secret that slips into a text, a comparison or the log.
template <typename T>
concept Printable = requires(QDebug debug, const T &value) { debug << value; };
static_assert(Printable<QByteArray> && !Printable<SecretString>);
static_assert(!std::convertible_to<SecretString, QByteArray>);
static_assert(!std::convertible_to<SecretString, QByteArrayView>);
static_assert(!std::convertible_to<QByteArray, SecretString>);
static_assert(!std::equality_comparable<SecretString>);

class SecretStringTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void matchesTheSameTextOnly_data();
    void matchesTheSameTextOnly();
    void twoSettingsMayBeTheSame();
    void revealsItsText();
};

void SecretStringTest::matchesTheSameTextOnly_data()
{
    QTest::addColumn<QByteArray>("secret");
    QTest::addColumn<QByteArray>("candidate");
    QTest::addColumn<bool>("matches");
    const auto row = [](const char *name, QByteArray secret, QByteArray candidate, bool matches) {
        QTest::newRow(name) << std::move(secret) << std::move(candidate) << matches;
    };
    row("same", "sk-1234", "sk-1234", true);
    row("first byte", "sk-1234", "xk-1234", false);
    row("last byte", "sk-1234", "sk-1235", false);
    row("shorter", "sk-1234", "sk-123", false);
    row("longer", "sk-1234", "sk-12345", false);
    row("twice", "sk-1234", "sk-1234sk-1234", false);
    row("nothing", "sk-1234", "", false);
    row("other case", "sk-abcd", "SK-ABCD", false);
    row("with a NUL", QByteArray("a\0b", 3), QByteArray("a\0b", 3), true);
    row("cut at a NUL", QByteArray("a\0b", 3), "a", false);
    row("bytes over 127", "\xE2\x82\xAC", "\xE2\x82\xAC", true);
    // Or a gateway without a key would let everybody in who shows none.
    row("an empty secret matches nothing", "", "", false);
    row("an empty secret and a text", "", "x", false);
}

void SecretStringTest::matchesTheSameTextOnly()
{
    QFETCH(const QByteArray, secret);
    QFETCH(const QByteArray, candidate);
    QFETCH(const bool, matches);
    QCOMPARE(SecretString(secret).matches(candidate), matches);
}

void SecretStringTest::twoSettingsMayBeTheSame()
{
    QVERIFY(SecretString("a").isSame(SecretString("a")));
    QVERIFY(!SecretString("a").isSame(SecretString("b")));
    QVERIFY(SecretString().isSame(SecretString("")));
    QVERIFY(!SecretString().isSame(SecretString("a")));
    QVERIFY(!SecretString("a").isSame(SecretString()));
}

void SecretStringTest::revealsItsText()
{
    QCOMPARE(SecretString("sk-1").reveal(), "sk-1");
    QVERIFY(!SecretString("sk-1").isEmpty());
    QVERIFY(SecretString().isEmpty());
    QVERIFY(SecretString("").isEmpty());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SecretStringTest)
#include "tst_secret_string.moc"
