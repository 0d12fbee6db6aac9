// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/known_key.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <set>

using namespace lunargate;

namespace {

/// What docs/configuration.md says of a key, in the same form in which the reader knows it.
std::vector<KnownKey> documentedKeys()
{
    QFile file(QStringLiteral(LUNARGATE_SOURCE_DIR "/docs/configuration.md"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    std::vector<KnownKey> keys;
    for (const QByteArray &line : file.readAll().split('\n')) {
        // | `path` | type | default | meaning |
        const QByteArrayList cells = line.split('|');
        if (cells.size() < 5 || !cells[1].trimmed().startsWith('`'))
            continue;
        const auto bare = [](QByteArray cell) { return cell.replace('`', "").trimmed(); };
        keys.push_back({bare(cells[1]), bare(cells[2]), bare(cells[3])});
    }
    return keys;
}

QByteArrayList show(const std::vector<KnownKey> &keys)
{
    QByteArrayList lines;
    for (const KnownKey &key : keys)
        lines.append(key.path + " | " + key.type + " | " + key.defaultValue);
    std::ranges::sort(lines);
    return lines;
}

} // namespace

/// The documentation and the reader know the same keys, types and defaults.
class KnownKeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyKeyIsDocumentedWithItsTypeAndDefault()
    {
        const QByteArrayList known = show(knownConfigKeys());
        const QByteArrayList documented = show(documentedKeys());
        for (const QByteArray &key : known)
            QVERIFY2(documented.contains(key), "docs/configuration.md lacks: " + key);
        for (const QByteArray &key : documented)
            QVERIFY2(known.contains(key), "docs/configuration.md has, but the reader does not know: " + key);
    }

    void keysAreListedOnce()
    {
        const std::vector<KnownKey> keys = knownConfigKeys();
        std::set<QByteArray> paths;
        for (const KnownKey &key : keys)
            QVERIFY2(paths.insert(key.path).second, key.path.constData());
        QVERIFY(paths.contains("server.port"));
        QVERIFY(paths.contains("providers.<id>.models.fetch.ttl"));
        QVERIFY(paths.contains("routing.routes[].targets[].weight"));
        QVERIFY(paths.contains("security.api_key.keys[].value"));
    }
};

QTEST_GUILESS_MAIN(KnownKeysTest)
#include "tst_known_keys.moc"
