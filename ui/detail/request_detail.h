// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/history/history.h"
#include "ui/detail/attempts_model.h"
#include "ui/detail/frames_view.h"
#include "ui/detail/text_sheet.h"

#include <QLabel>
#include <QTabWidget>
#include <QToolButton>

#include <memory>

namespace lunargate::ui {

/// One request with all that is kept of it, in tabs. GUI thread.
class RequestDetail : public QWidget
{
    Q_OBJECT

public:
    explicit RequestDetail(QWidget *parent = nullptr);

    /// Where to read from; null: nowhere. It outlives the reading.
    void setHistory(History *history);
    /// The gateway's, for commands that send a request again.
    void setAddress(const QString &address) { m_address = address; }

    /// Reads that request and shows it.
    void show(const QByteArray &id);
    const QByteArray &id() const { return m_id; }
    void setPinned(bool pinned);

    void copyCurl();
    void copyPython();
    void copyJson();
    /// Asks where to.
    void exportHar();
    /// Asks for a window to send it again, if that is possible; says why not.
    void replay();
    /// Asks for what the running configuration would do with it.
    void explain();

Q_SIGNALS:
    void closeRequested();
    void pinToggled(const QByteArray &id, bool pinned);
    void replayRequested(const lunargate::HistoryRecord &record);
    void explainRequested(const lunargate::HistoryRecord &record);
    /// The request is there, or it cannot be found any more.
    void shown();

private:
    QWidget *makeHead();
    void makeTabs();
    Task<> read(QByteArray id);
    void clear();
    void present(const HistoryRecord &record);
    void fillTab();
    void enableReplay();
    void copy(const Result<QByteArray> &text);
    void say(const QString &text);

    History *m_history = nullptr;
    QString m_address;
    QByteArray m_id;
    std::optional<HistoryRecord> m_record;
    quint32 m_filledTabs = 0; // a bit for each that shows m_record

    QLabel *m_sign = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_facts = nullptr;
    QLabel *m_message = nullptr;
    QToolButton *m_replay = nullptr;
    QToolButton *m_pin = nullptr;
    QToolButton *m_copy = nullptr;
    QToolButton *m_export = nullptr;
    QTabWidget *m_tabs = nullptr;
    FramesView *m_frames = nullptr;
    AttemptsModel *m_attempts = nullptr;
    std::unique_ptr<TaskRunner> m_reading = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui
