// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/replay_window.h"

#include "ui/shell/plain_question.h"
#include "ui/shell/plain_table.h"

#include <QCloseEvent>
#include <QHeaderView>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace lunargate::ui {

ReplayWindow::ReplayWindow(Gateway &gateway, HistoryRecord original, QWidget *parent)
    : QWidget(parent, Qt::Window),
      m_original(std::move(original)),
      m_queue(gateway, m_original),
      m_model(m_queue),
      m_form(new ReplayForm(replayTargets(*gateway.config()), replayableMessage(m_original)->body)),
      m_table(new QTableView),
      m_answers(new CompareView)
{
    setObjectName("page");
    setAttribute(Qt::WA_DeleteOnClose);
    setAttribute(Qt::WA_StyledBackground);
    setWindowTitle(tr("Replay of %1").arg(QString::fromUtf8(m_original.modelAsked)));
    resize(1180, 720);
    auto *title = new QLabel(windowTitle());
    title->setObjectName("title");
    title->setTextFormat(Qt::PlainText);
    auto *id = new QLabel(QString::fromUtf8(m_original.id));
    id->setObjectName("muted");
    id->setTextFormat(Qt::PlainText);
    id->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *head = new QHBoxLayout;
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(id);
    auto *parts = new QSplitter;
    parts->setChildrenCollapsible(false);
    parts->setHandleWidth(14);
    parts->addWidget(m_form);
    parts->addWidget(makeResults());
    parts->setStretchFactor(1, 1);
    parts->setSizes({360, 780});
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(10);
    column->addLayout(head);
    column->addWidget(parts, 1);

    connect(m_form, &ReplayForm::sendRequested, this, &ReplayWindow::send);
    connect(m_form, &ReplayForm::cancelRequested, &m_queue, &ReplayQueue::cancel);
    connect(&m_queue, &ReplayQueue::runChanged, this, [this] {
        m_form->setBusy(m_queue.isBusy());
        showSelected();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ReplayWindow::showSelected);
    addShortcuts();
    select({0});
    m_form->setFocus();
}

QWidget *ReplayWindow::makeResults()
{
    setUpPlainTable(*m_table, tr("Runs"));
    m_table->setModel(&m_model);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setToolTip(tr("Choose two runs (Ctrl+click, or Shift and the arrow keys) to compare their answers"));
    const int widths[] = {66, 110, 150, 108, 66, 64, 56, 50};
    for (int column = 0; column < ReplayModel::Cost; ++column)
        m_table->setColumnWidth(column, widths[column]);
    m_table->horizontalHeader()->setStretchLastSection(true);
    auto *results = new QSplitter(Qt::Vertical);
    results->setChildrenCollapsible(false);
    results->setHandleWidth(8);
    results->addWidget(m_table);
    results->addWidget(m_answers);
    results->setStretchFactor(1, 1);
    results->setSizes({170, 460});
    return results;
}

void ReplayWindow::addShortcuts()
{
    const auto add = [this](const QKeySequence &keys, auto *receiver, auto slot) {
        connect(new QShortcut(keys, this), &QShortcut::activated, receiver, slot);
    };
    add(Qt::CTRL | Qt::Key_Return, m_form, &ReplayForm::send);
    add(Qt::CTRL | Qt::Key_Enter, m_form, &ReplayForm::send);
    add(QKeySequence::Close, this, &QWidget::close);
    add(Qt::Key_Escape, this, &QWidget::close);
}

void ReplayWindow::setGateway(Gateway *gateway)
{
    m_queue.setGateway(gateway);
    m_form->setClosed(!gateway);
}

void ReplayWindow::closeEvent(QCloseEvent *event)
{
    QStringList losses;
    if (m_form->editor().isChanged())
        losses.append(tr("The changes of the body are lost."));
    if (m_queue.isBusy())
        losses.append(tr("What is under way is cancelled."));
    if (losses.isEmpty() || m_mayClose)
        return;
    event->ignore();
    if (findChild<QMessageBox *>())
        return;
    QMessageBox *question = newPlainQuestion(tr("Close the window"), tr("Close this replay?"), losses.join(u' '), this);
    const QPushButton *yes = question->addButton(tr("Close"), QMessageBox::DestructiveRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(yes, &QPushButton::clicked, this, [this] {
        m_mayClose = true;
        close();
    });
    question->open();
}

void ReplayWindow::send()
{
    const int first = m_queue.count();
    m_queue.add(replayRequest(m_original, m_form->terms()), m_form->target().text, m_form->times());
    select({0, first});
}

void ReplayWindow::select(const QList<int> &numbers)
{
    QItemSelection selection;
    for (const int number : numbers)
        selection.select(m_model.index(number, 0), m_model.index(number, ReplayModel::ColumnCount - 1));
    m_table->selectionModel()->setCurrentIndex(m_model.index(numbers.constLast(), 0), QItemSelectionModel::NoUpdate);
    m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    m_table->scrollTo(m_model.index(numbers.constLast(), 0));
}

void ReplayWindow::showSelected()
{
    QList<int> numbers;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        numbers.append(index.row());
    std::ranges::sort(numbers);
    if (numbers.size() >= 2)
        m_answers->showTwo(answer(numbers.constFirst()), answer(numbers.constLast()));
    else if (numbers.size() == 1)
        m_answers->showOne(answer(numbers.constFirst()));
}

CompareView::Answer ReplayWindow::answer(int number) const
{
    return {.name = number == 0 ? tr("Original") : tr("Run %1: %2").arg(number).arg(m_queue.run(number).target),
            .run = &m_queue.run(number)};
}

} // namespace lunargate::ui
