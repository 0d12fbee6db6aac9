// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/clients_page.h"

#include "ui/clients/change_dialog.h"
#include "ui/shell/first_focus.h"

#include <QHBoxLayout>
#include <QMessageBox>
#include <QScrollArea>

#include <utility>

namespace lunargate::ui {

namespace {

constexpr int kListWidth = 236;
constexpr int kViewWidth = 760;

} // namespace

ClientsPage::ClientsPage(UserPlaces places, Actions &actions)
    : m_places(std::move(places)), m_written(m_places.stateFile), m_list(new QListWidget), m_view(new ClientView)
{
    m_list->setObjectName("clients");
    m_list->setAccessibleName(tr("Clients"));
    m_list->setFixedWidth(kListWidth);
    m_list->setIconSize(QSize(16, 16));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (const Client &client : allClients())
        new QListWidgetItem(QString::fromUtf8(client.name), m_list);
    auto *content = new QWidget;
    content->setObjectName("page");
    auto *inner = new QHBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    m_view->setMaximumWidth(kViewWidth);
    inner->addWidget(m_view, 1);
    inner->addStretch(0);
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setWidget(content);
    area->setFocusPolicy(Qt::NoFocus);
    auto *row = new QHBoxLayout;
    row->setSpacing(16);
    row->addWidget(m_list);
    row->addWidget(area, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(makeHead());
    layout->addLayout(row, 1);
    setFirstFocus(*this, m_list);

    connect(m_list, &QListWidget::currentRowChanged, this, &ClientsPage::showCurrent);
    connect(m_view, &ClientView::writeRequested, this, &ClientsPage::askToWrite);
    connect(m_view, &ClientView::restoreRequested, this, &ClientsPage::askToRestore);
    connect(m_view, &ClientView::forgetRequested, this, [this] {
        if (const WrittenFile *written = m_written.of(current().id))
            m_written.forget(*written);
    });
    connect(&m_activity, &ClientActivity::changed, this, &ClientsPage::showAll);
    connect(&m_written, &WrittenFiles::changed, this, &ClientsPage::showAll);
    m_list->setCurrentRow(0);
    actions.add(tr("Set up LunarGate"), Glyph::Play, {}, [this] { Q_EMIT setupRequested(); });
}

QWidget *ClientsPage::makeHead()
{
    auto *setup = new QPushButton(icon(Glyph::Play), tr("Set up LunarGate …"));
    connect(setup, &QPushButton::clicked, this, &ClientsPage::setupRequested);
    m_restoreAll = new QPushButton(icon(Glyph::Refresh), tr("Restore all"));
    m_restoreAll->setToolTip(tr("Puts back what was in the configurations that LunarGate wrote into"));
    connect(m_restoreAll, &QPushButton::clicked, this, [this] {
        const QStringList problems = restoreAll();
        m_view->tell(problems.isEmpty() ? tr("All are as they were before.") : problems.join(u'\n'),
                     !problems.isEmpty());
    });
    auto *head = new QWidget;
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(plainLabel(tr("Clients"), "title"), 1);
    row->addWidget(m_restoreAll);
    row->addWidget(setup);
    return head;
}

void ClientsPage::setGateway(Gateway *gateway)
{
    if (m_gateway)
        m_gateway->disconnect(this);
    m_gateway = gateway;
    m_activity.setHistory(gateway ? &gateway->history() : nullptr);
    if (gateway)
        connect(gateway, &Gateway::configReloaded, this, &ClientsPage::notePlace);
    notePlace();
}

void ClientsPage::notePlace()
{
    if (m_gateway)
        m_place = {.address = QString::fromUtf8(m_gateway->address()),
                   .asksForKey = m_gateway->config()->security.enabled};
    showAll();
}

void ClientsPage::open(QByteArrayView client)
{
    for (int row = 0; const Client &one : allClients()) {
        if (one.id == client)
            m_list->setCurrentRow(row);
        ++row;
    }
}

const Client &ClientsPage::current() const
{
    return allClients()[static_cast<size_t>(m_list->currentRow())];
}

void ClientsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    showAll();
}

void ClientsPage::showAll()
{
    if (!isVisible())
        return; // showEvent() makes up for it
    for (int row = 0; const Client &client : allClients()) {
        QListWidgetItem *item = m_list->item(row++);
        const ClientSign sign = clientSign(m_activity.last(client.id));
        item->setIcon(icon(sign.glyph, sign.tone));
        item->setData(Qt::AccessibleTextRole, item->text() + QStringLiteral(", ") + sign.text);
    }
    m_restoreAll->setVisible(!m_written.all().empty());
    showCurrent();
}

void ClientsPage::showCurrent()
{
    const Client &client = current();
    std::optional<WrittenFile> written;
    if (const WrittenFile *known = m_written.of(client.id)) {
        written = *known;
        written->backup = shownPath(written->backup, m_places);
    }
    m_view->show({.client = &client,
                  .place = m_place,
                  .hasGateway = m_gateway != nullptr,
                  .last = m_activity.last(client.id),
                  .file = client.file ? shownPath(configFileOf(client, m_places), m_places) : QString(),
                  .written = written});
}

void ClientsPage::askToWrite()
{
    const Client &client = current();
    const auto change = changeFor(client, m_places, m_place);
    if (!change) {
        m_view->tell(change.error(), true);
        return;
    }
    const QString name = QString::fromUtf8(client.name);
    auto *dialog = new ChangeDialog(
        {.title = tr("Write into the configuration of %1").arg(name),
         .explanation = change->before ? tr("%1 changes like this. A backup is made beside it.").arg(change->file)
                                       : tr("%1 does not exist yet. It is made like this.").arg(change->file),
         .before = change->before.value_or(QByteArray()),
         .after = change->after,
         .yes = tr("Write")},
        this);
    connect(dialog, &QDialog::accepted, this, [this, id = QByteArray(client.id), name, change = *change] {
        open(id);
        const WrittenFiles::Outcome outcome = m_written.write(id, change.file, change.before, change.after);
        m_view->tell(outcome ? tr("Written. Restart %1, so that it reads its configuration anew.").arg(name)
                             : outcome.error(),
                     !outcome);
    });
    dialog->open();
}

void ClientsPage::askToRestore()
{
    const WrittenFile *written = m_written.of(current().id);
    const auto now = WrittenFiles::read(written->file);
    const auto before = WrittenFiles::read(written->backup);
    auto *dialog = new ChangeDialog(
        {.title = tr("Restore the configuration of %1").arg(QString::fromUtf8(current().name)),
         .explanation = written->backup.isEmpty()
                            ? tr("%1 is removed: it was not there before.").arg(written->file)
                            : tr("%1 becomes what it was before LunarGate wrote it.").arg(written->file),
         .before = now.value_or(std::nullopt).value_or(QByteArray()),
         .after = before.value_or(std::nullopt).value_or(QByteArray()),
         .yes = tr("Restore")},
        this);
    connect(dialog, &QDialog::accepted, this, [this, entry = *written] {
        open(entry.client);
        const WrittenFiles::Restoration restored = m_written.restore(entry);
        m_view->tell(restored ? *restored : restored.error(), !restored);
    });
    dialog->open();
}

QStringList ClientsPage::restoreAll()
{
    QStringList problems;
    const std::vector<WrittenFile> files = m_written.all();
    for (const WrittenFile &one : files) {
        if (const WrittenFiles::Restoration restored = m_written.restore(one); !restored)
            problems.append(restored.error());
    }
    return problems;
}

} // namespace lunargate::ui
