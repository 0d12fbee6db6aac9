// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/frames_view.h"

#include "ui/detail/record_text.h"
#include "ui/shell/plain_table.h"

#include <QHBoxLayout>
#include <QHeaderView>

namespace lunargate::ui {

FramesView::FramesView(QWidget *parent) : QWidget(parent), m_note(new QLabel(this)), m_sides(new QWidget(this))
{
    m_note->setObjectName("muted");
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setMargin(8);
    m_note->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto *row = new QHBoxLayout(m_sides);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    m_provider = makeSide(tr("From the provider"));
    m_client = makeSide(tr("To the client"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_note);
    layout->addWidget(m_sides, 1);
}

FramesView::Side FramesView::makeSide(const QString &name)
{
    Side side{.title = new QLabel(name), .table = new QTableView, .model = new FramesModel(this)};
    side.title->setObjectName("heading");
    setUpPlainTable(*side.table, name);
    side.table->setModel(side.model);
    const int widths[] = {78, 78, 70};
    for (int column = 0; column < FramesModel::Data; ++column)
        side.table->setColumnWidth(column, widths[column]);
    side.table->horizontalHeader()->setStretchLastSection(true);
    auto *column = new QVBoxLayout;
    column->setSpacing(4);
    column->addWidget(side.title);
    column->addWidget(side.table, 1);
    static_cast<QHBoxLayout *>(m_sides->layout())->addLayout(column, 1);
    return side;
}

void FramesView::setRecord(const HistoryRecord &record)
{
    const HistoryMessage *provider = messageOf(record, HistoryPart::ProviderAnswer);
    const HistoryMessage *client = messageOf(record, HistoryPart::ClientAnswer);
    m_provider.model->setMessage(provider ? *provider : HistoryMessage());
    m_client.model->setMessage(client ? *client : HistoryMessage());
    const bool hasFrames = m_provider.model->rowCount() + m_client.model->rowCount() > 0;
    m_sides->setVisible(hasFrames);
    m_note->setVisible(!hasFrames);
    m_note->setText(provider || client ? tr("This answer was no stream.") : bodiesNotKept().text);
}

void FramesView::clear()
{
    m_provider.model->setMessage({});
    m_client.model->setMessage({});
    m_sides->hide();
    m_note->clear();
}

} // namespace lunargate::ui
