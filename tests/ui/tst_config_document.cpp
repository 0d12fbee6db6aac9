// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_check.h"
#include "ui/editor/config_document.h"
#include "ui/editor/config_file.h"
#include "ui/editor/findings_model.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFileInfo>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr QFile::Permissions kOwnerOnly = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser;

} // namespace

/// The file that is edited, and what is kept of it; the check in its thread.
class ConfigDocumentTest : public QObject
{
    Q_OBJECT

private:
    QString path(const char *name) const { return m_folder->filePath(QString::fromUtf8(name)); }
    QString archive() const { return path("archive"); }

    void write(const char *name, const QByteArray &text) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }

    QByteArray read(const char *name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    std::unique_ptr<ConfigDocument> open() const
    {
        auto document = std::make_unique<ConfigDocument>(path("config.yaml"), "built in\n", archive());
        document->open();
        return document;
    }

    /// Nobody but the owner reads anything in it.
    static void verifyPrivate(const QString &folder)
    {
        const QFileInfoList files = QDir(folder).entryInfoList(QDir::Files);
        QVERIFY(!files.isEmpty());
        for (const QFileInfo &file : files)
            QCOMPARE(file.permissions(), kOwnerOnly);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    SchemaHelp m_schema;

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void textsStayByteForByte_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("comments and spaces") << QByteArray("a:  1   # why\n\n\n# end");
        QTest::newRow("windows") << QByteArray("a: 1\r\nb: 2\r\n");
        QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF"
                                                       "a: 1\n");
        QTest::newRow("not only ASCII") << QByteArray("a: \xC3\xA4\xF0\x9F\x8C\x99\n");
        QTest::newRow("empty") << QByteArray();
    }
    void textsStayByteForByte()
    {
        QFETCH(QByteArray, text);
        QVERIFY(replaceTextFile(path("config.yaml"), text));
        QCOMPARE(read("config.yaml"), text);
        QCOMPARE(readTextFile(path("config.yaml")).value(), text);
    }

    void whatIsNoTextIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("latin 1") << QByteArray("a: \xE4\n");
        QTest::newRow("cut character") << QByteArray("a: \xC3");
        QTest::newRow("zero") << QByteArray("a\0b", 3);
        QTest::newRow("too long") << QByteArray(kLongestConfigFile + 1, 'a');
    }
    void whatIsNoTextIsRefused()
    {
        QFETCH(QByteArray, text);
        write("config.yaml", text);
        const auto found = readTextFile(path("config.yaml"));
        QVERIFY(!found);
        QVERIFY(found.error().contains(path("config.yaml")));
    }

    void permissionsStayAndNewFilesArePrivate()
    {
        write("config.yaml", "a");
        const QFile::Permissions permissions = kOwnerOnly | QFile::ReadGroup;
        QVERIFY(QFile::setPermissions(path("config.yaml"), permissions));
        QVERIFY(replaceTextFile(path("config.yaml"), "b"));
        QCOMPARE(QFile::permissions(path("config.yaml")), permissions);
        QVERIFY(replaceTextFile(path("new.yaml"), "b"));
        QCOMPARE(QFile::permissions(path("new.yaml")), kOwnerOnly);
    }

    void linksStayAndWhatTheyLeadToIsReplaced()
    {
        QVERIFY(QDir(m_folder->path()).mkdir(u"real"_s));
        write("real/config.yaml", "a");
        QVERIFY(QFile::link(u"real/config.yaml"_s, path("middle.yaml")));
        QVERIFY(QFile::link(path("middle.yaml"), path("config.yaml")));
        QVERIFY(replaceTextFile(path("config.yaml"), "b"));
        QVERIFY(QFileInfo(path("config.yaml")).isSymLink());
        QVERIFY(QFileInfo(path("middle.yaml")).isSymLink());
        QCOMPARE(read("real/config.yaml"), "b");
        QVERIFY(QFile::remove(path("real/config.yaml")));
        QVERIFY(replaceTextFile(path("middle.yaml"), "c"));
        QVERIFY(QFileInfo(path("middle.yaml")).isSymLink());
        QCOMPARE(read("real/config.yaml"), "c");
    }

    void aFolderThatIsNotThereIsTold()
    {
        const auto written = replaceTextFile(path("missing/config.yaml"), "a");
        QVERIFY(!written);
        QVERIFY(written.error().contains(path("missing/config.yaml")));
    }

    void appliesAndKeepsWhatStoodThere()
    {
        write("config.yaml", "one\n");
        const auto document = open();
        QCOMPARE(document->apply("two\n"), ConfigDocument::Outcome::Applied);
        QCOMPARE(read("config.yaml"), "two\n");
        QVERIFY(!document->isChangedOutside());
        const auto versions = document->archive().versions();
        QCOMPARE(versions.size(), size_t(1));
        QCOMPARE(ConfigArchive::read(versions[0]).value(), "one\n");
        verifyPrivate(archive());
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{u"config.yaml"_s}); // nothing beside it
    }

    void tenVersionsAreKept()
    {
        write("config.yaml", "0");
        const auto document = open();
        for (int i = 1; i <= 14; ++i)
            QCOMPARE(document->apply(QByteArray::number(i)), ConfigDocument::Outcome::Applied);
        const auto versions = document->archive().versions();
        QCOMPARE(versions.size(), size_t(10));
        QCOMPARE(ConfigArchive::read(versions.front()).value(), "13");
        QCOMPARE(ConfigArchive::read(versions.back()).value(), "4");
    }

    void theSameTextIsKeptOnce()
    {
        ConfigArchive kept(archive());
        const QDateTime now = QDateTime::currentDateTimeUtc();
        QVERIFY(kept.addVersion("a", now));
        QVERIFY(kept.addVersion("a", now.addSecs(1)));
        QCOMPARE(kept.versions().size(), size_t(1));
        QVERIFY(kept.addVersion("b", now.addSecs(-100))); // the clock was set back
        QCOMPARE(ConfigArchive::read(kept.versions().front()).value(), "b");
    }

    void withoutAFileTheBuiltInTextCounts()
    {
        const auto document = open();
        QVERIFY(!document->onDisk());
        QCOMPARE(document->diskText(), "built in\n");
        document->keepDraft("built in\n");
        QVERIFY(!document->archive().draft());
        QCOMPARE(document->apply("mine\n"), ConfigDocument::Outcome::Applied);
        QCOMPARE(read("config.yaml"), "mine\n");
        QVERIFY(document->archive().versions().empty());
    }

    void changesOfOthersAreNoticedAndNotOverwritten()
    {
        write("config.yaml", "one\n");
        const auto document = open();
        QSignalSpy changed(document.get(), &ConfigDocument::diskChanged);
        write("config.yaml", "theirs\n");
        QTRY_VERIFY(changed.size() > 0);
        QVERIFY(document->isChangedOutside());
        QCOMPARE(document->apply("mine\n"), ConfigDocument::Outcome::ChangedOutside);
        QCOMPARE(read("config.yaml"), "theirs\n");
        QCOMPARE(document->apply("mine\n", document->onDisk()), ConfigDocument::Outcome::Applied);
        QCOMPARE(ConfigArchive::read(document->archive().versions().front()).value(), "theirs\n");
    }

    void onlyWhatWasSeenIsOverwritten()
    {
        write("config.yaml", "one\n");
        const auto document = open();
        write("config.yaml", "theirs\n");
        QCOMPARE(document->apply("mine\n"), ConfigDocument::Outcome::ChangedOutside);
        const std::optional<QByteArray> seen = document->onDisk();
        write("config.yaml", "theirs again\n");
        QCOMPARE(document->apply("mine\n", seen), ConfigDocument::Outcome::ChangedOutside);
        QCOMPARE(read("config.yaml"), "theirs again\n");
        write("config.yaml", "\xE4"); // which nobody could show
        QCOMPARE(document->apply("mine\n", document->onDisk()), ConfigDocument::Outcome::Failed);
        QCOMPARE(read("config.yaml"), "\xE4");
    }

    void aChangeRightBeforeApplyingIsNoticedToo()
    {
        write("config.yaml", "one\n");
        const auto document = open();
        write("config.yaml", "theirs\n");
        QCOMPARE(document->apply("mine\n"), ConfigDocument::Outcome::ChangedOutside);
        document->takeDiskAsBase();
        QCOMPARE(document->apply("mine\n"), ConfigDocument::Outcome::Applied);
    }

    void aFileThatCannotBeWrittenIsTold()
    {
        write("config.yaml", "one\n");
        const auto document = open();
        write("archive", "a file where the folder should be");
        QCOMPARE(document->apply("two\n"), ConfigDocument::Outcome::Failed);
        QVERIFY(!document->problem().isEmpty());
        QCOMPARE(read("config.yaml"), "one\n");
    }

    void draftsOutliveTheProgramAndGoWhenApplied()
    {
        write("config.yaml", "one\n");
        open()->keepDraft("one and a half\n");
        verifyPrivate(archive());
        const auto document = open();
        const auto draft = document->takeDraft();
        QVERIFY(draft);
        QCOMPARE(draft->text, "one and a half\n");
        QVERIFY(!document->isChangedOutside());
        QCOMPARE(document->apply(draft->text), ConfigDocument::Outcome::Applied);
        QVERIFY(!open()->takeDraft());
    }

    void draftsKnowThatTheFileHasChangedSince()
    {
        write("config.yaml", "one\n");
        open()->keepDraft("mine\n");
        write("config.yaml", "theirs\n");
        const auto document = open();
        QVERIFY(document->takeDraft());
        QVERIFY(document->isChangedOutside());
        QCOMPARE(document->apply("mine\n"), ConfigDocument::Outcome::ChangedOutside);
    }

    void aDraftThatSaysTheSameIsNone()
    {
        write("config.yaml", "one\n");
        open()->keepDraft("two\n");
        write("config.yaml", "two\n");
        QVERIFY(!open()->takeDraft());
        const auto document = open();
        document->keepDraft("three\n");
        document->keepDraft("two\n"); // undone
        QVERIFY(!document->archive().draft());
    }

    void theLastGoodTextIsKept()
    {
        ConfigArchive kept(archive());
        QVERIFY(!kept.lastGood());
        QVERIFY(kept.setLastGood("good\n"));
        QCOMPARE(ConfigArchive(archive()).lastGood().value(), "good\n");
        verifyPrivate(archive());
    }

    void theCheckIsTheGatewaysOwnWithHints()
    {
        const auto read = [](const QByteArray &text, const std::stop_token &) {
            return readConfigText(text, "/c.yaml", Environment());
        };
        ConfigCheck check(read, u"/c.yaml"_s, m_schema, 1ms);
        QSignalSpy checked(&check, &ConfigCheck::checked);
        check.setText("providers: {x: {type: openai, api_key: sk-abc}}\nrouting: {routes: 5}\n");
        QVERIFY(!check.isCurrent());
        QVERIFY(checked.wait());
        QVERIFY(check.isCurrent());
        QVERIFY(check.hasErrors());
        const std::vector<Finding> &found = check.findings();
        QCOMPARE(found.front().line, 2);
        QVERIFY(found.front().file.isEmpty());
        QCOMPARE(found.back().kind, Finding::Kind::Hint);
        for (const Finding &one : found)
            QVERIFY(!one.message.contains(u"sk-abc"));
    }

    void findingsAreRowsInTheOrderOfTheText()
    {
        FindingsModel model;
        const QAbstractItemModelTester tester(&model);
        model.setFindings({{.line = 7, .column = 2, .path = u"b"_s, .message = u"later"_s},
                           {.line = 1, .column = 1, .file = u"/x/.env"_s, .message = u"elsewhere"_s},
                           {.kind = Finding::Kind::Warning, .line = 2, .column = 5, .message = u"<b>early</b>"_s}});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, FindingsModel::Place).data().toString(), u"2:5"_s);
        QVERIFY(model.index(0, FindingsModel::Message).data(Qt::ToolTipRole).toString().contains(u"&lt;b&gt;"));
        QCOMPARE(model.index(1, FindingsModel::Key).data().toString(), u"b"_s);
        QCOMPARE(model.index(2, FindingsModel::Place).data().toString(), u".env:1:1"_s);
        QCOMPARE(model.summary(), u"2 errors · 1 warning"_s);
        model.setFindings({});
        QCOMPARE(model.summary(), QString());
    }

    void onlyTheLastTextIsTold()
    {
        QSemaphore mayGoOn;
        QList<QByteArray> texts; // of the reading thread; one at a time
        const auto read = [&](const QByteArray &text, const std::stop_token &stop) {
            texts.append(text);
            if (texts.size() == 1) {
                mayGoOn.acquire();
                if (!stop.stop_requested())
                    qFatal("a reading that nobody needs is not told to stop");
            }
            return readConfigText(text, "c.yaml", Environment());
        };
        ConfigCheck check(read, u"c.yaml"_s, m_schema, 1ms);
        QSignalSpy checked(&check, &ConfigCheck::checked);
        check.setText("a: 1");
        check.checkNow();
        check.setText("b: 2");
        check.setText("c: 3");
        check.checkNow();
        mayGoOn.release();
        QVERIFY(checked.wait());
        QCOMPARE(checked.size(), 1);
        QCOMPARE(texts, (QList<QByteArray>{"a: 1", "c: 3"}));
        QVERIFY(check.isCurrent());
    }
};

QTEST_MAIN(ConfigDocumentTest)
#include "tst_config_document.moc"
