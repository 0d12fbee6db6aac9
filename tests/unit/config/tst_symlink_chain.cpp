// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/symlink_chain.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

namespace lunargate {

class SymlinkChainTest : public QObject
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

    void plainFile()
    {
        write("a/b/c.yaml");
        const FileChain chain = followFile(path("a/b/c.yaml"));
        QCOMPARE(chain.file, path("a/b/c.yaml"));
        QCOMPARE(inside(chain), (QStringList{QString(), QStringLiteral("a"), QStringLiteral("a/b")}));
        QVERIFY(chain.folders.contains(QDir::rootPath()));
    }

    // As a mounted config map looks.
    void everyFolderOnTheChainOfLinks()
    {
        write("etc/..2026_01/c.yaml");
        link("..2026_01", "etc/..data");
        link("..data/c.yaml", "etc/c.yaml");
        const FileChain chain = followFile(path("etc/c.yaml"));
        QCOMPARE(chain.file, path("etc/..2026_01/c.yaml"));
        QCOMPARE(inside(chain), (QStringList{QString(), QStringLiteral("etc"), QStringLiteral("etc/..2026_01")}));
    }

    void linkToAnotherPlace()
    {
        write("store/v1/c.yaml");
        QVERIFY(QDir(m_root).mkpath(QStringLiteral("etc")));
        link(path("store/v1").toUtf8(), "etc/current"); // an absolute one
        link("../etc/current/./c.yaml", "etc/c.yaml");
        const FileChain chain = followFile(path("etc/c.yaml"));
        QCOMPARE(chain.file, path("store/v1/c.yaml"));
        QCOMPARE(inside(chain),
                 (QStringList{QString(), QStringLiteral("etc"), QStringLiteral("store"), QStringLiteral("store/v1")}));
    }

    void missingFileAndFolder()
    {
        QVERIFY(QDir(m_root).mkpath(QStringLiteral("a")));
        const FileChain noFile = followFile(path("a/c.yaml"));
        QCOMPARE(noFile.file, QString());
        QCOMPARE(inside(noFile), (QStringList{QString(), QStringLiteral("a")}));
        const FileChain noFolder = followFile(path("a/b/c.yaml"));
        QCOMPARE(noFolder.file, QString());
        QCOMPARE(inside(noFolder), (QStringList{QString(), QStringLiteral("a")}));
    }

    void linkThatLeadsNowhere()
    {
        link("gone/c.yaml", "c.yaml");
        const FileChain chain = followFile(path("c.yaml"));
        QCOMPARE(chain.file, QString());
        QCOMPARE(inside(chain), QStringList{QString()});
    }

    void linksInACircleEnd()
    {
        link("b", "a");
        link("a", "b");
        QCOMPARE(followFile(path("a")).file, QString());
    }

    void folderIsNoFile()
    {
        QVERIFY(QDir(m_root).mkpath(QStringLiteral("c.yaml")));
        QCOMPARE(followFile(path("c.yaml")).file, QString());
        write("plain");
        QCOMPARE(followFile(path("plain/c.yaml")).file, QString());
    }

    void relativePathBeginsInTheWorkingDirectory()
    {
        const QString name = QStringLiteral("no-such-file-there.yaml");
        QVERIFY(followFile(name).folders.contains(QFileInfo(QDir::currentPath()).canonicalFilePath()));
    }

private:
    QString path(const char *name) const { return m_root + u'/' + QString::fromUtf8(name); }
    void write(const char *name) const
    {
        QVERIFY(QDir().mkpath(QFileInfo(path(name)).path()));
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }
    void link(const QByteArray &target, const char *name) const
    {
        QVERIFY(QFile::link(QString::fromUtf8(target), path(name)));
    }
    /// The folders inside of the test's own, relative to it.
    QStringList inside(const FileChain &chain) const
    {
        QStringList folders;
        for (const QString &folder : chain.folders) {
            if (folder == m_root || folder.startsWith(m_root + u'/'))
                folders.append(folder.sliced(std::min(m_root.size() + 1, folder.size())));
        }
        return folders;
    }

    std::optional<QTemporaryDir> m_folder;
    QString m_root;
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SymlinkChainTest)
#include "tst_symlink_chain.moc"
