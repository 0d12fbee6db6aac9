// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_watcher.h"

#include "tests/support/wait.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace std::chrono_literals;

namespace lunargate {

/// Every way in which a file can come to say something else. Each is done twice: whoever lost what it watches notices
/// only the first.
class ConfigWatcherTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder.emplace();
        QVERIFY(m_folder->isValid());
        m_root = QFileInfo(m_folder->path()).canonicalFilePath();
    }
    void cleanup()
    {
        m_spy.reset();
        m_watcher.reset();
    }

    void tellsOnceAtTheBeginning()
    {
        write("c.yaml", "a");
        m_watcher.emplace(ConfigWatcher::Delays{20ms, 200ms});
        m_spy.emplace(&*m_watcher, &ConfigWatcher::changed);
        m_watcher->setFiles({path("c.yaml")});
        QVERIFY(isTold());
        m_watcher->setFiles({path("c.yaml")}); // the same: nothing begins anew
        QVERIFY(isQuiet());
    }

    void nothingIsToldOfNoFile()
    {
        write("c.yaml", "a");
        m_watcher.emplace(ConfigWatcher::Delays{20ms, 200ms});
        m_spy.emplace(&*m_watcher, &ConfigWatcher::changed);
        m_watcher->setFiles({path("c.yaml")});
        m_watcher->setFiles({});
        write("c.yaml", "b");
        QVERIFY(isQuiet());
    }

    void editInPlace()
    {
        write("c.yaml", "a");
        watch("c.yaml");
        write("c.yaml", "b");
        QVERIFY(isTold());
        write("c.yaml", "c"); // as long as before
        QVERIFY(isTold());
    }

    void atomicRename()
    {
        write("c.yaml", "a");
        watch("c.yaml");
        for (const char *text : {"b", "c"}) {
            write("c.yaml.new", text);
            move("c.yaml.new", "c.yaml");
            QVERIFY(isTold());
        }
        write("c.yaml", "d"); // it is the new file that is watched
        QVERIFY(isTold());
    }

    void deletedAndMadeAgain()
    {
        write("c.yaml", "a");
        watch("c.yaml");
        for (const char *text : {"b", "c"}) {
            QVERIFY(QFile::remove(path("c.yaml")));
            QVERIFY(isTold());
            write("c.yaml", text);
            QVERIFY(isTold());
        }
    }

    // Kubernetes: the file is a link through `..data`, which is replaced by rename.
    void linkLeadsElsewhere()
    {
        write("..1/c.yaml", "a");
        link("..1", "..data");
        link("..data/c.yaml", "c.yaml");
        watch("c.yaml");
        for (const QByteArray version : {"..2", "..3"}) {
            write((version + "/c.yaml").constData(), version);
            link(version, "..tmp");
            move("..tmp", "..data");
            QVERIFY(isTold());
        }
        write("..3/c.yaml", "d");
        QVERIFY(isTold());
    }

    void folderOfTheFileIsReplaced()
    {
        write("conf/c.yaml", "a");
        watch("conf/c.yaml");
        write("next/c.yaml", "b");
        move("conf", "old");
        move("next", "conf");
        QVERIFY(isTold());
        write("conf/c.yaml", "c");
        QVERIFY(isTold());
        QVERIFY(QDir(path("conf")).removeRecursively());
        QVERIFY(isTold());
        write("conf/c.yaml", "d");
        QVERIFY(isTold());
    }

    void fileThatDoesNotExistYet()
    {
        watch("conf/c.yaml"); // neither does its folder
        write("conf/c.yaml", "a");
        QVERIFY(isTold());
        write("conf/c.yaml", "b");
        QVERIFY(isTold());
    }

    void anyOfTheFiles()
    {
        write("c.yaml", "a");
        watch("c.yaml", ".env");
        write(".env", "A=1\n");
        QVERIFY(isTold());
        write(".env", "A=2\n");
        QVERIFY(isTold());
        QVERIFY(QFile::remove(path(".env")));
        QVERIFY(isTold());
    }

    void otherFilesAreNobodysBusiness()
    {
        write("c.yaml", "a");
        watch("c.yaml");
        write("other.yaml", "b");
        QVERIFY(QDir(m_root).mkdir(QStringLiteral("folder")));
        QVERIFY(QFile::remove(path("other.yaml")));
        QVERIFY(isQuiet());
    }

    void manyChangesAreToldOnce()
    {
        write("c.yaml", "a");
        watch("c.yaml", nullptr, {.quiet = 200ms, .longest = 10s});
        for (int i = 0; i < 10; ++i) {
            write("c.yaml", QByteArray::number(i));
            QCoreApplication::processEvents();
        }
        QVERIFY(isTold());
        QVERIFY(isQuiet());
    }

    void whoNeverStopsWritingIsToldAllTheSame()
    {
        write("c.yaml", "a");
        watch("c.yaml", nullptr, {.quiet = 1h, .longest = 100ms});
        write("c.yaml", "b");
        QVERIFY(isTold());
        write("c.yaml", "c");
        QVERIFY(isTold());
    }

private:
    QString path(const char *name) const { return m_root + u'/' + QString::fromUtf8(name); }
    void write(const char *name, const QByteArray &text) const
    {
        QVERIFY(QDir().mkpath(QFileInfo(path(name)).path()));
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }
    void link(const QByteArray &target, const char *name) const
    {
        QVERIFY(QFile::link(QString::fromUtf8(target), path(name)));
    }
    // rename(2) replaces what is there; Qt's does not.
    void move(const char *from, const char *to) const
    {
        QCOMPARE(std::rename(path(from).toUtf8().constData(), path(to).toUtf8().constData()), 0);
    }

    void watch(const char *name, const char *other = nullptr,
               ConfigWatcher::Delays delays = {.quiet = 20ms, .longest = 200ms})
    {
        m_watcher.emplace(delays);
        m_spy.emplace(&*m_watcher, &ConfigWatcher::changed);
        QStringList files{path(name)};
        if (other)
            files.append(path(other));
        m_watcher->setFiles(files);
        QVERIFY(isTold());
    }
    bool isTold()
    {
        const bool isIt = test::waitUntil([&] { return !m_spy->isEmpty(); });
        m_spy->clear();
        return isIt;
    }
    // There is no event to wait for where nothing happens.
    bool isQuiet() { return !m_spy->wait(300); }

    std::optional<QTemporaryDir> m_folder;
    QString m_root;
    std::optional<ConfigWatcher> m_watcher;
    std::optional<QSignalSpy> m_spy;
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConfigWatcherTest)
#include "tst_config_watcher.moc"
