// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>

using namespace std::chrono_literals;

/// The whole program with its desktop, offscreen.
class ProgramTest : public QObject
{
    Q_OBJECT

private:
    /// On a display that is there if `platform` needs none.
    void start(QProcess &process, const QString &platform, const QString &config = {})
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS"})
            environment.remove(QString::fromLatin1(name));
        if (!platform.isEmpty()) {
            environment.insert(QStringLiteral("QT_QPA_PLATFORM"), platform);
            environment.insert(QStringLiteral("DISPLAY"), QStringLiteral(":9999"));
        }
        for (const char *name : {"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"})
            environment.insert(QString::fromLatin1(name), m_folder->path());
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_folder->path());
        process.setProcessChannelMode(QProcess::MergedChannels);
        QStringList arguments{QStringLiteral("--port"), QStringLiteral("0")};
        if (!config.isEmpty())
            arguments += {QStringLiteral("--config"), config};
        process.start(QStringLiteral(LUNARGATE_PROGRAM), arguments);
    }

    bool waitForOutput(QProcess &process, const QByteArray &text)
    {
        return QTest::qWaitFor(
            [&] {
                m_output += process.readAll();
                return m_output.contains(text);
            },
            15s);
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder = std::make_unique<QTemporaryDir>();
        m_output.clear();
        // The first steps look at ports of this machine, which tests do not.
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("lunargate")));
        QFile settings(m_folder->filePath(QStringLiteral("lunargate/desktop.ini")));
        QVERIFY(settings.open(QIODevice::WriteOnly));
        settings.write("[window]\nseen_setup=true\n");
    }

    void startsOnceAndEndsBySignal()
    {
        QProcess first;
        start(first, QStringLiteral("offscreen"));
        QVERIFY2(waitForOutput(first, "gateway listening"), m_output.constData());
        QVERIFY(QTest::qWaitFor(
            [&] { return QFile::exists(m_folder->filePath(QStringLiteral("lunargate/desktop.socket"))); }));

        QProcess second;
        start(second, QStringLiteral("offscreen"));
        QVERIFY(second.waitForFinished(15'000));
        QCOMPARE(second.exitCode(), 0);
        const QByteArray said = second.readAll();
        QVERIFY(!said.contains("gateway listening"));
        QVERIFY2(said.contains("runs already") && said.contains("--port 0"), said.constData());
        QCOMPARE(first.state(), QProcess::Running);

        first.terminate();
        QVERIFY(first.waitForFinished(15'000));
        QCOMPARE(first.exitStatus(), QProcess::NormalExit);
        QCOMPARE(first.exitCode(), 0);
    }

    void goesWithoutAWindowWhereThereIsNoDisplay()
    {
        QProcess process;
        start(process, {});
        QVERIFY2(waitForOutput(process, "Try it:"), m_output.constData()); // what only the headless program prints
        QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("lunargate/desktop.socket"))));
        process.terminate();
        QVERIFY(process.waitForFinished(15'000));
        QCOMPARE(process.exitCode(), 0);
    }

    void goesWithoutAWindowWhereTheDisplayDoesNotAnswer()
    {
        QProcess process;
        start(process, QStringLiteral("xcb"));
        QVERIFY2(waitForOutput(process, "Try it:"), m_output.constData());
        QVERIFY2(m_output.contains("the display cannot be used"), m_output.constData());
        process.terminate();
        QVERIFY(process.waitForFinished(15'000));
        QCOMPARE(process.exitCode(), 0);
    }

    void staysToTellThatAConfigurationIsWrong()
    {
        QFile file(m_folder->filePath(QStringLiteral("wrong.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("providers: 7\n");
        file.close();
        QProcess process;
        start(process, QStringLiteral("offscreen"), file.fileName());
        QVERIFY2(waitForOutput(process, "cannot be used"), m_output.constData());
        QVERIFY2(m_output.contains("wrong.yaml:1"), m_output.constData());
        QVERIFY(!process.waitForFinished(500));
        process.terminate();
        QVERIFY(process.waitForFinished(15'000));
        QCOMPARE(process.exitCode(), 1); // nothing ever ran
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_output;
};

QTEST_GUILESS_MAIN(ProgramTest)
#include "tst_program.moc"
