// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/test_desktop.h"

#include "ui/editor/diff_dialog.h"

#include <QPushButton>
#include <QTest>

namespace lunargate::test {

/// A configuration that a gateway runs with.
extern const char *const kConfigText;

/// A gateway that reads the file again when it is asked to.
std::unique_ptr<Gateway> gatewayOf(const QString &file);

/// The page of the configuration for a file in a folder of its own, and the hands of its user.
class ConfigPageDriver
{
public:
    ConfigPageDriver();

    QString file() const { return folder.filePath(QStringLiteral("config.yaml")); }
    void write(const QByteArray &text) const;
    QByteArray onDisk() const;

    /// Another page for the same file, as after a start of the program.
    void makePage();
    /// And its text was checked.
    void showPage();
    void open(const QByteArray &text);

    ui::YamlEditor &yaml() const { return page->editor()->yaml(); }
    void type(const QString &text) const;
    void press(QKeyCombination key) const;
    /// Among the commands.
    void run(const QString &command) const;
    /// Until what was typed has been checked.
    void waitForCheck() const;

    /// That is open; null: there is none.
    ui::DiffDialog *dialog() const;
    /// Waits for it.
    void answer(Qt::Key key) const;
    /// Of the notice.
    void choose(const QString &text) const;

    QTemporaryDir folder;
    ui::Settings settings;
    std::unique_ptr<ui::Actions> actions;
    std::unique_ptr<ui::ConfigPage> page;
};

} // namespace lunargate::test
