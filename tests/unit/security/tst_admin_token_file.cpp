// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/admin_token_file.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <set>
#include <thread>

#include <sys/stat.h>

namespace lunargate {

class AdminTokenFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("data/admin-token"));
    }

    void makesATokenForItsOwnerAlone()
    {
        const auto token = readAdminToken(m_path);
        QVERIFY2(token, token.error().constData());
        // 32 random bytes
        QVERIFY(QRegularExpression(QStringLiteral("^[A-Za-z0-9_-]{43}$"))
                    .match(QString::fromLatin1(token->reveal()))
                    .hasMatch());
        QCOMPARE(modeOf(m_path), 0600);
        QCOMPARE(modeOf(m_folder->filePath(QStringLiteral("data"))), 0700);
        QCOMPARE(QDir(m_folder->filePath(QStringLiteral("data"))).entryList(QDir::Files | QDir::Hidden),
                 QStringList(QStringLiteral("admin-token"))); // nothing is left over
        QCOMPARE(readAdminToken(m_path)->reveal(), token->reveal());
    }

    void eachIsAnother()
    {
        const QByteArray first = readAdminToken(m_path)->reveal();
        QVERIFY(QFile::remove(m_path));
        QVERIFY(readAdminToken(m_path)->reveal() != first);
    }

    void whoBeginsAtOnceHasTheSame()
    {
        std::array<QByteArray, 8> tokens;
        std::vector<std::jthread> threads;
        for (QByteArray &token : tokens)
            threads.emplace_back([this, &token] { token = readAdminToken(m_path).value_or(SecretString()).reveal(); });
        threads.clear();
        QVERIFY(!tokens[0].isEmpty());
        QCOMPARE(std::set(tokens.begin(), tokens.end()).size(), 1u);
    }

    void takesTheUsersOwn()
    {
        write("  my-token\n", 0600);
        QCOMPARE(readAdminToken(m_path)->reveal(), QByteArray("my-token"));
        QVERIFY(::chmod(QFile::encodeName(m_path).constData(), 0400) == 0);
        QCOMPARE(readAdminToken(m_path)->reveal(), QByteArray("my-token"));
    }

    void refusesWhatIsNone_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<int>("mode");
        QTest::addColumn<QByteArray>("problem");
        const auto row = [](const char *name, const QByteArray &content, int mode, const char *problem) {
            QTest::newRow(name) << content << mode << QByteArray(problem);
        };
        row("the group may read it", "token-of-sixteen", 0640, "may be used by others");
        row("others may read it", "token-of-sixteen", 0604, "may be used by others");
        row("others may write it", "token-of-sixteen", 0602, "may be used by others");
        row("empty", "", 0600, "is empty");
        row("blank", " \n", 0600, "is empty");
        row("two lines", "one\ntwo\n", 0600, "holds no token");
        row("no text", QByteArray("a\0b", 3), 0600, "holds no token");
        row("too long", QByteArray(5000, 'x'), 0600, "holds no token");
    }

    void refusesWhatIsNone()
    {
        QFETCH(const QByteArray, content);
        QFETCH(const int, mode);
        QFETCH(const QByteArray, problem);
        write(content, mode);
        const auto token = readAdminToken(m_path);
        QVERIFY(!token);
        QVERIFY2(token.error().contains(problem) && token.error().contains("data/admin-token"),
                 token.error().constData());
        QCOMPARE(modeOf(m_path), mode); // left as it is
    }

    void followsNoSymbolicLink()
    {
        write("token-of-sixteen", 0600);
        const QString link = m_folder->filePath(QStringLiteral("link"));
        for (const QString &target : {m_path, m_folder->filePath(QStringLiteral("missing"))}) {
            QVERIFY(QFile::link(target, link));
            const auto token = readAdminToken(link);
            QVERIFY(!token && token.error().contains("is a symbolic link"));
            QVERIFY(QFile::remove(link));
        }
        QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("missing"))));
    }

    void waitsForNoPipe()
    {
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("data")));
        QVERIFY(::mkfifo(QFile::encodeName(m_path).constData(), 0600) == 0);
        QVERIFY(readAdminToken(m_path).error().contains("is no plain file"));
    }

    void saysThatItCannotBeMade()
    {
        const auto token = readAdminToken(QStringLiteral("/dev/null/data/admin-token"));
        QVERIFY(!token && token.error().contains("/dev/null/data/admin-token cannot be"));
    }

private:
    static int modeOf(const QString &path)
    {
        struct stat state = {};
        return ::stat(QFile::encodeName(path).constData(), &state) == 0 ? int(state.st_mode & 07777) : -1;
    }
    void write(const QByteArray &content, int mode) const
    {
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("data")));
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        QVERIFY(::chmod(QFile::encodeName(m_path).constData(), mode_t(mode)) == 0);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AdminTokenFileTest)
#include "tst_admin_token_file.moc"
