// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/request_detail.h"

#include "gateway/api/curl_command.h"
#include "gateway/api/replay_request.h"
#include "ui/detail/conversation_text.h"
#include "ui/detail/record_text.h"
#include "ui/detail/request_export.h"
#include "ui/detail/waterfall_delegate.h"
#include "ui/shell/first_focus.h"
#include "ui/text/number_text.h"
#include "ui/text/plain_tool_tip.h"
#include "ui/shell/plain_table.h"
#include "ui/theme/icons.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QSaveFile>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

QToolButton *flatButton(Glyph glyph, const QString &text)
{
    auto *button = new QToolButton;
    button->setProperty("flat", true);
    button->setIcon(icon(glyph));
    button->setToolTip(text);
    button->setAccessibleName(text);
    return button;
}

QString factsOf(const HistoryRecord &record)
{
    QStringList facts{QString::number(record.status) +
                          (record.error.isEmpty() ? u""_s : u' ' + QString::fromUtf8(record.error)),
                      durationText(record.duration)};
    if (record.timeToFirstByte)
        facts.append(RequestDetail::tr("first content after %1").arg(durationText(*record.timeToFirstByte)));
    if (record.usage)
        facts.append(RequestDetail::tr("%1 tokens in, %2 out")
                         .arg(countText(record.usage->promptTokens()), countText(record.usage->completionTokens())));
    if (record.costUsd)
        facts.append(costText(*record.costUsd));
    if (!record.client.session.isEmpty())
        facts.append(RequestDetail::tr("session %1").arg(QString::fromUtf8(record.client.session)));
    if (!record.route.isEmpty())
        facts.append(RequestDetail::tr("route %1").arg(QString::fromUtf8(record.route)));
    facts.append(QString::fromUtf8(record.id));
    return facts.join(u"  ·  "_s);
}

} // namespace

RequestDetail::RequestDetail(QWidget *parent) : QWidget(parent)
{
    makeTabs();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(makeHead());
    layout->addWidget(m_tabs, 1);
    connect(m_tabs, &QTabWidget::currentChanged, this, &RequestDetail::fillTab);
    setFirstFocus(*this, m_tabs);
}

QWidget *RequestDetail::makeHead()
{
    m_sign = new QLabel;
    m_title = new QLabel;
    m_title->setObjectName("heading");
    m_title->setTextFormat(Qt::PlainText);
    m_facts = new QLabel;
    m_facts->setObjectName("muted");
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_message = new QLabel;
    m_message->setObjectName("muted");
    m_message->setTextFormat(Qt::PlainText);
    m_replay = flatButton(Glyph::Play, tr("Send again"));
    QToolButton *explain = flatButton(Glyph::Fork, tr("Explain"));
    m_pin = flatButton(Glyph::Star, tr("Pin"));
    m_pin->setCheckable(true);
    m_copy = flatButton(Glyph::Copy, tr("Copy as"));
    m_copy->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(m_copy);
    menu->addAction(tr("Copy as cURL"), this, &RequestDetail::copyCurl);
    menu->addAction(tr("Copy as Python"), this, &RequestDetail::copyPython);
    menu->addAction(tr("Copy as JSON"), this, &RequestDetail::copyJson);
    m_copy->setMenu(menu);
    m_export = flatButton(Glyph::Download, tr("Export as HAR"));
    QToolButton *close = flatButton(Glyph::Close, tr("Close the request"));
    connect(m_replay, &QToolButton::clicked, this, &RequestDetail::replay);
    connect(explain, &QToolButton::clicked, this, &RequestDetail::explain);
    connect(m_pin, &QToolButton::clicked, this, [this](bool checked) {
        setPinned(checked);
        Q_EMIT pinToggled(m_id, checked);
    });
    connect(m_export, &QToolButton::clicked, this, &RequestDetail::exportHar);
    connect(close, &QToolButton::clicked, this, &RequestDetail::closeRequested);

    auto *head = new QWidget;
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_sign);
    row->addWidget(m_title, 1);
    row->addWidget(m_message);
    for (QToolButton *button : {m_replay, explain, m_pin, m_copy, m_export, close})
        row->addWidget(button);
    auto *column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_facts);
    return head;
}

void RequestDetail::makeTabs()
{
    m_tabs = new QTabWidget;
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("The request's parts"));
    m_frames = new FramesView;
    m_attempts = new AttemptsModel(this);
    auto *attempts = new QTableView;
    setUpPlainTable(*attempts, tr("Attempts"));
    attempts->setModel(m_attempts);
    attempts->setItemDelegateForColumn(AttemptsModel::Timeline, new WaterfallDelegate(attempts));
    const int widths[] = {220, 210, 112, 104, 108, 84};
    for (int column = 0; column < AttemptsModel::Timeline; ++column)
        attempts->setColumnWidth(column, widths[column]);
    attempts->horizontalHeader()->setStretchLastSection(true);
    const auto addSheet = [this](const QString &name) {
        auto *sheet = new TextSheet;
        sheet->setAccessibleName(name);
        m_tabs->addTab(sheet, name);
    };
    addSheet(tr("Conversation"));
    addSheet(tr("Request"));
    addSheet(tr("Response"));
    m_tabs->addTab(m_frames, tr("Frames"));
    m_tabs->addTab(attempts, tr("Attempts"));
    addSheet(tr("Headers"));
    addSheet(tr("Raw"));
}

void RequestDetail::setHistory(History *history)
{
    m_reading = std::make_unique<TaskRunner>();
    m_history = history;
}

void RequestDetail::show(const QByteArray &id)
{
    m_id = id;
    clear();
    say({});
    m_reading = std::make_unique<TaskRunner>(); // what was asked before is not wanted any more
    if (m_history && !id.isEmpty())
        m_reading->start(read(id), {});
}

Task<> RequestDetail::read(QByteArray id)
{
    m_record = co_await m_history->record(id);
    if (m_record)
        present(*m_record);
    else
        say(tr("The history does not have this request any more."));
    Q_EMIT shown();
}

// What is left of another request would be taken for this one's.
void RequestDetail::clear()
{
    m_record.reset();
    enableReplay();
    m_filledTabs = 0;
    m_sign->clear();
    m_title->clear();
    m_facts->clear();
    m_facts->hide();
    m_facts->setToolTip({});
    m_frames->clear();
    m_attempts->setRecord({});
    for (TextSheet *sheet : m_tabs->findChildren<TextSheet *>())
        sheet->setBlocks({});
}

void RequestDetail::present(const HistoryRecord &record)
{
    const bool isFine = record.error.isEmpty();
    m_sign->setPixmap(icon(isFine ? Glyph::Check : Glyph::Cross, isFine ? Tone::Ok : Tone::Error).pixmap(16, 16));
    const QByteArray served = record.modelServed.isEmpty() ? record.model : record.modelServed;
    const QByteArray names =
        record.modelAsked == served || served.isEmpty() ? record.modelAsked : record.modelAsked + " → " + served;
    const QString title = QString::fromUtf8(names);
    m_title->setText(record.provider.isEmpty() ? title : tr("%1 by %2").arg(title, QString::fromUtf8(record.provider)));
    m_facts->setText(factsOf(record));
    m_facts->show();
    m_facts->setToolTip(plainToolTip(m_facts->text()));
    enableReplay();
    m_filledTabs = 0;
    m_attempts->setRecord(record);
    fillTab();
}

// Only what is looked at is made into text.
void RequestDetail::fillTab()
{
    static constexpr TextBlocks (*kTexts[])(const HistoryRecord &) = {
        &conversationText, &requestText, &responseText, nullptr, nullptr, &headersText, &rawText};
    const int tab = m_tabs->currentIndex();
    if (!m_record || (m_filledTabs & (1U << tab)) != 0)
        return;
    m_filledTabs |= 1U << tab;
    if (auto *sheet = qobject_cast<TextSheet *>(m_tabs->currentWidget()))
        sheet->setBlocks(kTexts[tab](*m_record));
    else if (m_tabs->currentWidget() == m_frames)
        m_frames->setRecord(*m_record);
}

void RequestDetail::setPinned(bool pinned)
{
    m_pin->setChecked(pinned);
    m_pin->setIcon(pinned ? icon(Glyph::StarFilled, Tone::Accent) : icon(Glyph::Star));
    m_pin->setToolTip(pinned ? tr("Unpin") : tr("Pin"));
}

void RequestDetail::copyCurl()
{
    if (m_record)
        copy(curlCommand(*m_record, urlOf(*m_record, m_address)));
}

void RequestDetail::copyPython()
{
    if (m_record)
        copy(pythonProgram(*m_record, urlOf(*m_record, m_address)));
}

void RequestDetail::copyJson()
{
    if (m_record)
        copy(recordJson(*m_record));
}

void RequestDetail::copy(const Result<QByteArray> &text)
{
    if (text)
        QGuiApplication::clipboard()->setText(QString::fromUtf8(*text));
    say(text ? tr("Copied") : QString::fromUtf8(text.error().message));
}

void RequestDetail::exportHar()
{
    if (!m_record)
        return;
    auto *dialog = new QFileDialog(this, tr("Export the request"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"har"_s);
    dialog->selectFile(QString::fromUtf8(m_id) + u".har"_s);
    const QByteArray har = recordHar(*m_record, urlOf(*m_record, m_address));
    connect(dialog, &QFileDialog::fileSelected, this, [this, har](const QString &name) {
        QSaveFile file(name);
        const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(har) == har.size() && file.commit();
        say(isWritten ? tr("Exported") : tr("The file cannot be written: %1").arg(file.errorString()));
    });
    dialog->open();
}

void RequestDetail::enableReplay()
{
    const Result<HistoryMessage> message = m_record ? replayableMessage(*m_record) : HistoryMessage();
    m_replay->setEnabled(m_record && message);
    m_replay->setToolTip(message ? tr("Send again")
                                 : tr("Not to be sent again: %1").arg(QString::fromUtf8(message.error().message)));
}

void RequestDetail::replay()
{
    if (!m_record)
        return;
    if (m_replay->isEnabled())
        Q_EMIT replayRequested(*m_record);
    else
        say(m_replay->toolTip());
}

void RequestDetail::explain()
{
    if (m_record)
        Q_EMIT explainRequested(*m_record);
}

void RequestDetail::say(const QString &text)
{
    m_message->setText(text);
}

} // namespace lunargate::ui
