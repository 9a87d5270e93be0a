using System.Buffers.Binary;
using MacIpvlan.Linux;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <content>The write-ahead log, which has the last changes of the state.</content>
internal sealed partial class StateDatabase
{
    // The application id in the database file while a part of the state is only in the log. The log's own pages have
    // none, so neither has a copy that SQLite makes, nor the file once the whole log is written back.
    private const int NeedsLog = 0x4D49504C;

    // From this length on, a command that goes on for long writes the log back before its next change.
    private const long MaxLogLengthOfCommand = 4096 * 1024;

    // A connection that is the only one, as is usual for a command, reads the whole log when it opens the database.
    private const long MaxLogLength = 512 * 1024;

    private string LogPath => _path + "-wal";

    private long LogLength => FileStatus.Of(LogPath)?.Length ?? 0;

    // SQLite takes any other file for an empty log. https://www.sqlite.org/fileformat.html#the_write_ahead_log: the magic
    // number, whose last bit is the byte order of the checksums.
    private static bool IsLog(string path)
    {
        if (FileStatus.Of(path) is not { Type: FileType.File, Length: >= 32 }) return false;
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        using SafeFileHandle log = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        return RandomAccess.Read(log, magic, 0) == magic.Length && (BinaryPrimitives.ReadUInt32BigEndian(magic) & ~1U) == 0x377F0682;
    }

    private void ShortenLog()
    {
        // If other connections use the log, they shorten it when they close.
        raw.sqlite3_busy_timeout(Connection.Handle, 0);
        _ = raw.sqlite3_wal_checkpoint_v2(Connection.Handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        raw.sqlite3_busy_timeout(Connection.Handle, BusyTimeoutMilliseconds);
    }

    // Before the first change in an empty log, marks the database file, so that without the log it isn't taken for the
    // whole state. This waits for the disk, but only once per log: writing the log back at the end of each command
    // instead would make every command wait.
    private void PrepareLog()
    {
        long length = LogLength;
        if (length > MaxLogLengthOfCommand)
        {
            ShortenLog();
            length = LogLength;
        }

        if (length > 0) return;
        SetMark(NeedsLog);
        Run("PRAGMA wal_checkpoint");
        SetMark(0);
    }

    private void SetMark(int mark) => InTransaction(() => Execute($"PRAGMA application_id = {mark}"), s_beginWrite);

    private void CheckLog()
    {
        if (Read(() => Number("PRAGMA application_id")) != NeedsLog) return;
        if (IsLog(LogPath))
        {
            // A command was killed between the two marks.
            if (!_isReadOnly) SetMark(0);
            return;
        }

        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"The log {LogPath} of the state database is missing or damaged. It has the last changes, so without it, NICs that run "
            + "would be forgotten and their addresses allocated again.",
            $"Put {LogPath} back. {RestoreAction}");
    }
}
