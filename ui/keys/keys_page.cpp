// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/keys_page.h"

#include "gateway/keys/key_uses.h"
#include "ui/keys/delete_question.h"
#include "ui/keys/import_dialog.h"
#include "ui/shell/first_focus.h"
#include "ui/shell/plain_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

namespace lunargate::ui {

KeysPage::KeysPage(Keychain &keychain, KeyKeeper::UsesSource uses, Actions &actions)
    : m_keeper(keychain, std::move(uses)),
      m_table(new QTableView),
      m_empty(new QLabel),
      m_doing(new QLabel),
      m_cancel(new QToolButton),
      m_notice(new KeychainBanner),
      m_foot(new KeyFoot)
{
    addActions(actions);
    setUpPlainTable(*m_table, tr("Keys"));
    m_table->setModel(&m_model);
    QHeaderView *header = m_table->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setSectionResizeMode(KeysModel::State, QHeaderView::Fixed);
    m_table->setColumnWidth(KeysModel::State, 170);
    auto *over = new QVBoxLayout(m_table->viewport());
    over->addWidget(m_empty);
    m_empty->setObjectName("muted");
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addLayout(makeHead());
    layout->addWidget(m_notice);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_foot);
    setFirstFocus(*this, m_table);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &KeysPage::showCurrent);
    connect(m_table, &QTableView::activated, this, [this] { m_replace->trigger(); });
    connectKeeper();
    showBusy();
}

QLayout *KeysPage::makeHead()
{
    auto *title = new QLabel(tr("Keys"));
    title->setObjectName("title");
    m_doing->setObjectName("badge");
    m_doing->setTextFormat(Qt::PlainText);
    m_cancel->setText(tr("Cancel"));
    m_cancel->setIcon(icon(Glyph::Close));
    m_cancel->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_cancel->setFocusPolicy(Qt::StrongFocus);
    connect(m_cancel, &QToolButton::clicked, &m_keeper, &KeyKeeper::cancel);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(m_doing, 0, Qt::AlignVCenter);
    head->addWidget(m_cancel);
    const QString texts[] = {tr("Add"), tr("Import"), tr("Ask again")};
    for (qsizetype i = 0; i < m_always.size(); ++i)
        head->addWidget(actionButton(m_always[i], texts[i]));
    return head;
}

void KeysPage::addActions(Actions &actions)
{
    m_always = {
        actions.add(tr("Add a key"), Glyph::Plus, QKeySequence::New, [this] { add(); }),
        actions.add(tr("Import keys from the environment"), Glyph::Download, {}, [this] { importFromEnvironment(); }),
        actions.add(tr("Ask the keychain again"), Glyph::Refresh, Qt::Key_F5, [this] { refresh(); })};
    m_forOne = {actions.add(tr("Replace the key"), Glyph::Key, Qt::CTRL | Qt::Key_R, [this] { replace(); }),
                actions.add(tr("Test the key"), Glyph::Play, Qt::CTRL | Qt::Key_T, [this] { test(); }),
                actions.add(tr("Copy the reference to the key"), Glyph::Copy, Qt::CTRL | Qt::SHIFT | Qt::Key_C,
                            [this] { copyReference(); }),
                actions.add(tr("Delete the key"), Glyph::Close, QKeySequence::Delete, [this] { deleteKey(); })};
    m_replace = m_forOne.front();
    const QString texts[] = {tr("Replace"), tr("Test"), tr("Copy reference"), tr("Delete")};
    for (qsizetype i = 0; i < m_forOne.size(); ++i)
        m_foot->addButton(m_forOne[i], texts[i]);
    for (QAction *action : m_always + m_forOne) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
    }
}

void KeysPage::connectKeeper()
{
    connect(&m_keeper, &KeyKeeper::busyChanged, this, &KeysPage::showBusy);
    connect(&m_keeper, &KeyKeeper::listed, this, &KeysPage::showList);
    connect(&m_keeper, &KeyKeeper::stored, this, &KeysPage::takeStored);
    connect(&m_keeper, &KeyKeeper::failed, this, [this](const Error &problem) { m_notice->show(&problem); });
    connect(&m_keeper, &KeyKeeper::removed, this, [this](const QByteArray &name) {
        m_foot->showNote(
            {Tone::Ok, tr("%1 is no longer in the keychain. What runs keeps it until the configuration is read anew.")
                           .arg(QString::fromUtf8(name))});
    });
    connect(&m_keeper, &KeyKeeper::tested, this,
            [this](const KeyVerdict &verdict, const QByteArray &origin) { m_foot->showNote(noteOf(verdict, origin)); });
    connect(&m_keeper, &KeyKeeper::nobodyToTest, this, [this](const QByteArray &name) {
        m_foot->showNote(
            {Tone::Warning, tr("%1 is bound to no address and no provider uses it, so there is nobody to ask.")
                                .arg(QString::fromUtf8(name))});
    });
}

void KeysPage::setGateway(Gateway *gateway)
{
    m_gateway = gateway;
    if (gateway)
        connect(gateway, &Gateway::configReloaded, this, &KeysPage::takeReload);
    if (gateway && std::exchange(m_awaitsReload, false))
        m_foot->showNote({Tone::Ok, tr("It is in the keychain, and the gateway runs with it.")});
    if (gateway && m_wasAsked && isVisible())
        refresh();
}

void KeysPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!std::exchange(m_wasAsked, true))
        refresh();
}

void KeysPage::refresh()
{
    if (m_keeper.isBusy())
        return;
    m_notice->show(nullptr);
    m_keeper.list();
}

void KeysPage::choose(const QByteArray &name)
{
    m_table->setCurrentIndex(m_model.index(m_model.rowOf(name), 0));
}

void KeysPage::showList(const KeyList &list)
{
    const KeyRow *before = current();
    const QByteArray name = before ? before->name : QByteArray();
    m_model.setRows(list.rows);
    const int row = std::max(m_model.rowOf(name), list.rows.empty() ? -1 : 0);
    m_table->setCurrentIndex(m_model.index(row, 0));
    m_notice->show(list.problem ? &*list.problem : nullptr);
    showCurrent();
}

void KeysPage::showBusy()
{
    const bool isBusy = m_keeper.isBusy();
    m_doing->setText(m_keeper.doing());
    m_doing->setVisible(isBusy);
    m_cancel->setVisible(isBusy);
    for (QAction *action : std::as_const(m_always))
        action->setEnabled(!isBusy);
    showCurrent();
}

void KeysPage::showCurrent()
{
    const KeyRow *key = current();
    const QByteArray name = key ? key->name : QByteArray();
    if (std::exchange(m_shown, name) != name)
        m_foot->showNote({}); // it was about another one
    for (QAction *action : std::as_const(m_forOne))
        action->setEnabled(key && !m_keeper.isBusy());
    m_foot->setName(key ? QString::fromUtf8(key->name) : tr("No key is chosen"));
    m_empty->setVisible(m_model.rowCount() == 0);
    m_empty->setText(m_keeper.isBusy()
                         ? tr("The keychain is asked. It may want its password.")
                         : tr("No keys here yet. Add one, or import those that environment variables hold."));
}

const KeyRow *KeysPage::current() const
{
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() ? &m_model.rows()[static_cast<size_t>(index.row())] : nullptr;
}

std::vector<ProviderConfig> KeysPage::providers() const
{
    return m_gateway ? m_gateway->config()->providers : std::vector<ProviderConfig>();
}

QByteArrayList KeysPage::namesThere() const
{
    QByteArrayList names;
    for (const KeyRow &key : m_model.rows()) {
        if (key.state == KeyState::There)
            names.append(key.name);
    }
    return names;
}

void KeysPage::add()
{
    askForKey({.title = tr("Add a key"),
               .name = {},
               .origin = {},
               .services = keyServices(providers()),
               .taken = namesThere()},
              false);
}

void KeysPage::askForKey(const KeyDialog::Options &options, bool mayReplace)
{
    auto *dialog = new KeyDialog(options, this);
    connect(dialog, &KeyDialog::keyGiven, this, [this, mayReplace](const QByteArray &name, const KeychainEntry &entry) {
        m_keeper.put({{.name = name, .entry = entry, .mayReplace = mayReplace}});
    });
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void KeysPage::replace()
{
    const KeyRow *key = current();
    if (!key)
        return;
    KeyDialog::Options options{.title = tr("Replace %1").arg(QString::fromUtf8(key->name)),
                               .name = key->name,
                               .origin = key->origin,
                               .services = keyServices(providers())};
    const bool isNew = key->origin.isEmpty() && key->state != KeyState::There;
    if (isNew) {
        // It was never there, as far as anybody knows: it is for whoever uses it.
        options.title = tr("Add %1").arg(QString::fromUtf8(key->name));
        const Result<QByteArray> origin = originForKey(key->name, m_keeper.uses());
        options.origin = origin && !origin->isEmpty() ? std::optional(*origin) : std::nullopt;
    }
    askForKey(options, !isNew);
}

void KeysPage::test()
{
    if (const KeyRow *key = current()) {
        m_foot->showNote({});
        m_keeper.setProviders(providers());
        m_keeper.test(*key);
    }
}

void KeysPage::deleteKey()
{
    if (const KeyRow *key = current())
        askToDelete(*key, this, [this, name = key->name] { m_keeper.remove(name); });
}

void KeysPage::importFromEnvironment()
{
    const QByteArrayList shown = namesThere(); // as those that are replaced
    auto *dialog = new ImportDialog(keysInEnvironment(Environment::ofProcess()), shown, this);
    connect(dialog, &ImportDialog::keysChosen, this, [this, shown](const std::vector<KeyInEnvironment> &keys) {
        const Environment environment = Environment::ofProcess();
        std::vector<KeyKeeper::NewKey> chosen;
        for (const KeyInEnvironment &key : keys)
            chosen.push_back(
                {.name = key.name, .entry = entryOf(key, environment), .mayReplace = shown.contains(key.name)});
        m_keeper.put(std::move(chosen));
    });
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void KeysPage::copyReference() const
{
    if (const KeyRow *key = current())
        QGuiApplication::clipboard()->setText(QStringLiteral("${keychain:%1}").arg(QString::fromUtf8(key->name)));
}

void KeysPage::takeStored(const QByteArrayList &names)
{
    choose(names.front());
    const QString list = QString::fromUtf8(names.join(", "));
    const bool isUsed = std::ranges::any_of(
        m_model.rows(), [&](const KeyRow &key) { return names.contains(key.name) && !key.users.isEmpty(); });
    if (!isUsed) {
        m_foot->showNote(
            {Tone::Ok, tr("In the keychain: %1. Write ${keychain:%2} as a provider's api_key in the configuration.")
                           .arg(list, QString::fromUtf8(names.front()))});
        return;
    }
    m_foot->showNote({Tone::Ok, tr("In the keychain: %1. The configuration is read anew …").arg(list)});
    m_awaitsReload = true;
    Q_EMIT reloadRequested();
}

void KeysPage::takeReload(const ReloadReport &report)
{
    if (!std::exchange(m_awaitsReload, false))
        return;
    if (report.result == ReloadResult::Applied)
        return m_foot->showNote({Tone::Ok, tr("It is in the keychain, and the gateway uses it now.")});
    if (report.result == ReloadResult::Unchanged)
        return m_foot->showNote({Tone::Ok, tr("It is in the keychain. The gateway had the same one already.")});
    const auto error = std::ranges::find(report.problems, ConfigProblem::Severity::Error, &ConfigProblem::severity);
    m_foot->showNote(
        {Tone::Error, tr("It is in the keychain, but the configuration is refused: %1")
                          .arg(error == report.problems.end() ? QString() : QString::fromUtf8(error->toText()))});
}

} // namespace lunargate::ui
