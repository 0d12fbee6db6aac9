// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/detail/frames_model.h"

#include <QLabel>
#include <QTableView>

namespace lunargate::ui {

/// What came from the provider and what went to the client, piece by piece, next to each other.
class FramesView : public QWidget
{
    Q_OBJECT

public:
    explicit FramesView(QWidget *parent = nullptr);

    void setRecord(const HistoryRecord &record);
    void clear();

private:
    struct Side
    {
        QLabel *title = nullptr;
        QTableView *table = nullptr;
        FramesModel *model = nullptr;
    };
    Side makeSide(const QString &name);

    QLabel *m_note;
    QWidget *m_sides;
    Side m_provider;
    Side m_client;
};

} // namespace lunargate::ui
