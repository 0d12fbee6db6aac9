// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_page.h"

#include "ui/editor/diff_dialog.h"
#include "ui/editor/reload_notice.h"
#include "ui/editor/time_text.h"
#include "ui/shell/first_focus.h"

#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

QString textOf(const QByteArray &bytes)
{
    return QString::fromUtf8(bytes);
}

QToolButton *toolButton(Glyph glyph, const QString &text)
{
    auto *button = new QToolButton;
    button->setIcon(icon(glyph));
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    return button;
}

} // namespace

ConfigPage::ConfigPage(Settings &settings, Actions &actions, ConfigAccess access)
    : m_settings(settings),
      m_access(std::move(access)),
      m_document(m_access.file, m_access.builtIn,
                 m_access.archive.isEmpty() ? ConfigArchive::folderFor(m_access.file) : m_access.archive),
      m_notice(new NoticeBar),
      m_status(new ConfigStatus),
      m_versions(new VersionsMenu(m_document.archive(), this)),
      m_modified(new QLabel(tr("Not applied")))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(makeHead());
    layout->addWidget(m_status);
    layout->addWidget(m_notice);
    m_typing.setSingleShot(true);
    m_typing.setInterval(2s);
    connect(&m_typing, &QTimer::timeout, this, [this] { m_document.keepDraft(m_editor->yaml().contents()); });
    connect(m_status, &ConfigStatus::asked, this, &ConfigPage::compareWith);
    connect(m_versions, &VersionsMenu::chosen, this, &ConfigPage::rollBack);
    connect(m_versions, &VersionsMenu::failed, this,
            [this](const QString &problem) { m_notice->say({Tone::Error, tr("Not rolled back"), problem}); });
    addActions(actions);
}

ConfigPage::~ConfigPage()
{
    if (m_typing.isActive())
        m_document.keepDraft(m_editor->yaml().contents());
}

QWidget *ConfigPage::makeHead()
{
    auto *title = new QLabel(tr("Configuration"));
    title->setObjectName("title");
    m_modified->setObjectName("badge");
    m_modified->hide();
    m_tools = toolButton(Glyph::Sliders, tr("Edit"));
    m_tools->setPopupMode(QToolButton::InstantPopup);
    m_tools->setMenu(new QMenu(m_tools));
    m_versionsButton = toolButton(Glyph::Bookmark, tr("Versions"));
    m_versionsButton->setPopupMode(QToolButton::InstantPopup);
    m_versionsButton->setMenu(m_versions);
    auto *discardButton = toolButton(Glyph::Close, tr("Discard"));
    discardButton->setToolTip(tr("Shows the file as it is on disk again"));
    connect(discardButton, &QToolButton::clicked, this, &ConfigPage::discard);
    auto *applyButton = new QPushButton(tr("Apply …"));
    applyButton->setDefault(true); // for its colour
    applyButton->setToolTip(tr("Checks the text, shows what changes, and writes the file"));
    connect(applyButton, &QPushButton::clicked, this, &ConfigPage::apply);
    auto *head = new QWidget;
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(title);
    row->addWidget(m_modified, 0, Qt::AlignVCenter);
    row->addStretch(1);
    row->addWidget(m_tools);
    row->addWidget(m_versionsButton);
    row->addWidget(discardButton);
    row->addWidget(applyButton);
    return head;
}

void ConfigPage::addActions(Actions &actions)
{
    QList<QAction *> own;
    const auto add = [&](const QString &text, Glyph glyph, const QKeySequence &shortcut, auto run) {
        own.append(actions.add(text, glyph, shortcut, [this, run] {
            Q_EMIT openRequested();
            build();
            run();
        }));
        own.constLast()->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    };
    add(tr("Apply the configuration"), Glyph::Check, QKeySequence::Save, [this] { apply(); });
    add(tr("Discard changes of the configuration"), Glyph::Close, {}, [this] { discard(); });
    add(tr("Find in the configuration"), Glyph::Search, QKeySequence::Find, [this] { m_editor->findBar().open(); });
    add(tr("Find the next"), Glyph::Search, Qt::Key_F3, [this] { m_editor->findBar().findNext(); });
    add(tr("Find the one before"), Glyph::Search, Qt::SHIFT | Qt::Key_F3,
        [this] { m_editor->findBar().findPrevious(); });
    add(tr("Complete what is written"), Glyph::List, Qt::CTRL | Qt::Key_Space,
        [this] { m_editor->completer().offerAll(); });
    add(tr("Help for the key at the cursor"), Glyph::Bookmark, Qt::Key_F1, [this] { m_editor->yaml().showHelp(); });
    add(tr("Go to the next finding"), Glyph::Caution, Qt::Key_F8, [this] { m_editor->goToNextFinding(); });
    add(tr("Go to the list of findings"), Glyph::List, Qt::SHIFT | Qt::Key_F8, [this] { m_editor->focusFindings(); });
    add(tr("Into or out of the configuration's text"), Glyph::Close, Qt::Key_Escape, [this] { m_editor->leave(); });
    add(tr("Roll back to a version of the configuration"), Glyph::Bookmark, {},
        [this] { m_versions->popup(m_versionsButton->mapToGlobal(m_versionsButton->rect().bottomLeft())); });
    using Which = ConfigStatus::Which;
    add(tr("Compare with what is running"), Glyph::Document, {}, [this] { compareWith(Which::Running); });
    add(tr("Compare with the file on disk"), Glyph::Document, {}, [this] { compareWith(Which::OnDisk); });
    add(tr("Compare with the last good one"), Glyph::Document, {}, [this] { compareWith(Which::LastGood); });
    QWidget::addActions(own);
}

void ConfigPage::addTool(QAction *action)
{
    m_tools->menu()->addAction(action);
}

void ConfigPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    build();
}

void ConfigPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_editor)
        showCheck(); // its sign is a picture in the theme's colours
}

void ConfigPage::build()
{
    if (m_editor)
        return;
    m_schema = std::make_unique<SchemaHelp>();
    m_check = std::make_unique<ConfigCheck>(m_access.check, m_access.file, *m_schema);
    m_document.open();
    m_editor = new ConfigEditor(*m_schema, m_settings);
    static_cast<QVBoxLayout *>(layout())->addWidget(m_editor, 1);
    setFirstFocus(*this, m_editor);
    begin();
    connect(&m_editor->yaml(), &QsciScintilla::textChanged, this, &ConfigPage::onTextChanged);
    connect(m_check.get(), &ConfigCheck::checked, this, &ConfigPage::onChecked);
    connect(&m_document, &ConfigDocument::diskChanged, this, &ConfigPage::onDiskChanged);
    m_check->setText(m_editor->yaml().contents());
    m_check->checkNow();
    showState();
}

// With what the file says, once it can be read.
void ConfigPage::begin()
{
    const bool isReadable = m_document.problem().isEmpty();
    m_document.takeDiskAsBase();
    m_editor->yaml().setReadOnly(false);
    m_editor->yaml().setContents(m_document.diskText());
    m_editor->yaml().setReadOnly(!isReadable);
    if (!isReadable) {
        m_notice->say({Tone::Error, tr("The configuration cannot be edited"), m_document.problem()});
        return;
    }
    if (!m_document.onDisk()) {
        m_notice->say({Tone::Muted, tr("There is no configuration file"),
                       (m_access.builtIn.isEmpty() ? tr("Apply makes %1.")
                                                   : tr("The built-in simulator answers. Apply makes %1."))
                           .arg(m_document.path())});
    }
    restoreDraft();
}

void ConfigPage::restoreDraft()
{
    const std::optional<ConfigArchive::Draft> draft = m_document.takeDraft();
    if (!draft)
        return;
    m_editor->yaml().replaceContents(draft->text);
    const QString since = m_document.isChangedOutside()
                              ? tr("The file was changed since then; applying asks before it overwrites that.")
                              : QString();
    m_notice->say({Tone::Warning,
                   tr("Here are the changes of %1, which were not applied").arg(timeText(draft->at)),
                   since,
                   {{tr("Show difference"), [this] { compareWith(ConfigStatus::Which::OnDisk); }},
                    {tr("Discard"), [this] { discard(); }}}});
}

QString ConfigPage::text() const
{
    return m_editor ? textOf(m_editor->yaml().contents()) : QString();
}

void ConfigPage::replaceText(const QString &text)
{
    build();
    m_editor->yaml().replaceText(text);
}

bool ConfigPage::isModified() const
{
    return m_editor->yaml().contents() != m_document.baseText();
}

void ConfigPage::onTextChanged()
{
    m_wantsApply = false; // or keys that are meant for the text would answer a dialog that opens later
    m_beforeRollBack.reset();
    m_check->setText(m_editor->yaml().contents());
    m_typing.start();
    m_modified->setVisible(isModified());
    showCheck();
}

void ConfigPage::onChecked()
{
    m_editor->setFindings(m_check->findings());
    showCheck();
    if (m_wantsApply)
        review();
}

void ConfigPage::onDiskChanged()
{
    const bool isReadable = m_document.problem().isEmpty();
    if (isReadable && m_editor->yaml().isReadOnly()) {
        m_notice->hide();
        begin();
        return showState();
    }
    showState();
    if (!isReadable) {
        sayOfDisk({Tone::Error, tr("The file cannot be read or written"), m_document.problem()});
        return;
    }
    if (!m_document.isChangedOutside()) { // any more
        if (m_notice->title() == m_diskNotice)
            m_notice->hide();
        return;
    }
    const NoticeBar::Choice keep{tr("Keep mine"), [this] { rebase(); }};
    const NoticeBar::Choice compare{tr("Show difference"), [this] { compareWith(ConfigStatus::Which::OnDisk); }};
    if (!m_document.onDisk()) {
        sayOfDisk({Tone::Warning, tr("The file is gone"), tr("Applying would make it again."), {keep}});
    } else if (isModified()) {
        sayOfDisk({Tone::Warning,
                   tr("The file was changed outside"),
                   tr("What you wrote is not in it."),
                   {{tr("Take theirs"), [this] { takeTheirs(); }}, keep, compare}});
    } else {
        takeTheirs();
        sayOfDisk({Tone::Muted, tr("The file was changed outside"), tr("This is what it says now.")});
    }
}

void ConfigPage::sayOfDisk(const NoticeBar::Notice &notice)
{
    m_notice->say(notice);
    m_diskNotice = notice.title;
}

void ConfigPage::takeTheirs()
{
    m_editor->yaml().replaceContents(m_document.diskText());
    rebase();
}

// What is edited begins with what the file says now.
void ConfigPage::rebase()
{
    m_document.takeDiskAsBase();
    m_document.keepDraft(m_editor->yaml().contents());
    showState();
}

void ConfigPage::discard()
{
    if (m_editor->yaml().isReadOnly()) // what was written before waits for the file
        return;
    takeTheirs();
    m_notice->hide();
    m_editor->yaml().setFocus();
}

void ConfigPage::apply()
{
    m_wantsApply = true;
    m_check->checkNow();
    if (m_check->isCurrent())
        review();
}

void ConfigPage::review()
{
    m_wantsApply = false;
    const std::optional<QByteArray> before = std::exchange(m_beforeRollBack, std::nullopt);
    if (m_check->hasErrors()) {
        const int errors = m_editor->findings().count(Finding::Kind::Error);
        m_notice->say({Tone::Error, before ? tr("Not rolled back") : tr("Not applied"),
                       errors == 1 ? tr("The gateway would refuse it: there is an error.")
                                   : tr("The gateway would refuse it: there are %1 errors.").arg(errors)});
        if (before)
            m_editor->yaml().replaceContents(*before);
        else
            m_editor->focusFindings();
        return;
    }
    const QByteArray text = m_editor->yaml().contents();
    if (m_document.onDisk() == text) {
        rebase();
        return takeOver();
    }
    const QString summary = m_editor->findings().summary();
    auto *dialog = new DiffDialog(
        {.title = tr("Apply these changes?"),
         .explanation = m_document.onDisk() ? m_document.path() : tr("%1 will be made.").arg(m_document.path()),
         .accept = tr("Apply"),
         .warning = summary.isEmpty() ? QString() : tr("The check has %1.").arg(summary)},
        m_document.onDisk() ? textOf(*m_document.onDisk()) : QString(), textOf(text), this);
    connect(dialog, &QDialog::accepted, this, [this, text] { write(text, m_document.base()); });
    if (before)
        connect(dialog, &QDialog::rejected, this, [this, before] { m_editor->yaml().replaceContents(*before); });
    dialog->open();
}

void ConfigPage::write(const QByteArray &text, const std::optional<QByteArray> &seen)
{
    switch (m_document.apply(text, seen)) {
    case ConfigDocument::Outcome::Applied:
        return takeOver();
    case ConfigDocument::Outcome::ChangedOutside:
        return askInSpite(text);
    case ConfigDocument::Outcome::Failed:
        return m_notice->say({Tone::Error, tr("Not applied"), m_document.problem()});
    }
}

void ConfigPage::askInSpite(const QByteArray &text)
{
    auto *dialog = new DiffDialog({.title = tr("Overwrite what was changed outside?"),
                                   .explanation = tr("From what the file says now to what you wrote."),
                                   .accept = tr("Overwrite")},
                                  textOf(m_document.diskText()), textOf(text), this);
    connect(dialog, &QDialog::accepted, this, [this, text, seen = m_document.onDisk()] { write(text, seen); });
    dialog->open();
}

void ConfigPage::takeOver()
{
    m_typing.stop();
    m_isAwaited = true;
    showState();
    m_notice->say({Tone::Muted, m_gateway ? tr("The gateway reads it …") : tr("The gateway starts …")});
    if (m_gateway)
        m_gateway->reload(ReloadTrigger::Request);
    else
        Q_EMIT startWanted();
}

void ConfigPage::onReloaded(const ReloadReport &report)
{
    keepLastGood();
    const bool isAwaited = std::exchange(m_isAwaited, false);
    if (!m_editor)
        return;
    showState();
    const bool isRejected = report.result == ReloadResult::Rejected;
    if (!isRejected && !isAwaited)
        return;
    NoticeBar::Notice notice = noticeOf(report);
    if (isRejected && !m_gateway->configText().isEmpty())
        notice.choices.push_back(
            {tr("Roll back …"), [this, running = m_gateway->configText()] { rollBack(running.reveal()); }});
    m_notice->say(notice);
}

void ConfigPage::setGateway(Gateway *gateway)
{
    if (m_gateway)
        disconnect(m_gateway, &Gateway::configReloaded, this, nullptr);
    m_gateway = gateway;
    if (gateway) {
        connect(gateway, &Gateway::configReloaded, this, &ConfigPage::onReloaded);
        keepLastGood();
        if (std::exchange(m_isAwaited, false))
            m_notice->say({Tone::Ok, tr("The gateway runs with it")});
    }
    if (m_editor)
        showState();
}

void ConfigPage::setStartFailed(const QStringList &problems)
{
    if (std::exchange(m_isAwaited, false))
        m_notice->say(noticeOfFailedStart(problems));
    if (m_editor)
        showState();
}

// A gateway that does not start after the next change has none to show.
void ConfigPage::keepLastGood()
{
    if (m_gateway && m_gateway->configOverview().running.isBuiltIn)
        return;
    if (m_gateway && !m_gateway->configText().isEmpty()) {
        if (const auto kept = m_document.archive().setLastGood(m_gateway->configText().reveal()); !kept)
            m_notice->say({Tone::Warning, tr("The running configuration could not be kept"), kept.error()});
    }
}

void ConfigPage::showState()
{
    using Which = ConfigStatus::Which;
    const QByteArray running = m_gateway ? m_gateway->configText().reveal() : QByteArray();
    const std::optional<QByteArray> lastGood = m_document.archive().lastGood();
    if (m_gateway) {
        const ConfigVersion version = m_gateway->configOverview().running;
        m_status->show(Which::Running,
                       version.isBuiltIn
                           ? tr("built-in simulator")
                           : tr("version %1 since %2").arg(version.number).arg(timeText(version.loadedAt)),
                       !running.isEmpty());
    } else {
        m_status->show(Which::Running, tr("nothing"), false);
    }
    const std::optional<QByteArray> &onDisk = m_document.onDisk();
    m_status->show(Which::OnDisk,
                   !m_document.problem().isEmpty()   ? tr("cannot be read")
                   : !onDisk                         ? tr("no file")
                   : m_gateway && *onDisk == running ? tr("as running")
                   : m_gateway                       ? tr("differs from running")
                                                     : tr("not running"),
                   onDisk.has_value());
    m_status->show(Which::LastGood,
                   !lastGood             ? tr("none yet")
                   : lastGood == running ? tr("as running")
                   : lastGood == onDisk  ? tr("as on disk")
                                         : tr("another one"),
                   lastGood.has_value());
    m_modified->setVisible(isModified());
    showCheck();
}

void ConfigPage::showCheck()
{
    if (m_check->isCurrent())
        m_status->showCheck(m_editor->findings().summary(), m_check->hasErrors());
    else
        m_status->showChecking();
}

void ConfigPage::rollBack(const QByteArray &text)
{
    const QByteArray before = m_editor->yaml().contents();
    m_editor->yaml().replaceContents(text);
    m_beforeRollBack = before;
    apply();
}

void ConfigPage::compareWith(ConfigStatus::Which which)
{
    switch (which) {
    case ConfigStatus::Which::Running:
        if (m_gateway && !m_gateway->configText().isEmpty())
            showDifference(tr("From what is running to what is edited"), m_gateway->configText().reveal());
        return;
    case ConfigStatus::Which::OnDisk:
        return showDifference(tr("From the file on disk to what is edited"), m_document.diskText());
    case ConfigStatus::Which::LastGood:
        if (const std::optional<QByteArray> lastGood = m_document.archive().lastGood())
            showDifference(tr("From the last good one to what is edited"), *lastGood);
        return;
    }
}

void ConfigPage::showDifference(const QString &title, const QByteArray &before)
{
    (new DiffDialog({.title = title, .explanation = m_document.path()}, textOf(before), text(), this))->open();
}

} // namespace lunargate::ui
