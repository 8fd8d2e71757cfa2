using System.Text;

namespace Ledger.EventStore.Proof;

/// <summary>The checkpoints beside the key, outside the database: what somebody who rewrites the database cannot reach.</summary>
internal static class CheckpointFile
{
    /// <summary>Every signed checkpoint in the file, in the file's order. What a crash cut off is passed over.</summary>
    public static IEnumerable<(string Note, Checkpoint Checkpoint)> Read(LogKey key)
    {
        if (!File.Exists(key.CheckpointFile))
            yield break;
        using var file = new StreamReader(new FileStream(key.CheckpointFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        foreach ((string, Checkpoint) read in Read(key, file))
            yield return read;
    }

    private static IEnumerable<(string Note, Checkpoint Checkpoint)> Read(LogKey key, StreamReader file)
    {
        var note = new StringBuilder();
        bool signatures = false;
        while (file.ReadLine() is { } line)
        {
            if (line.Length == 0 && signatures)
            {
                if (Checkpoint.TryVerify(note.ToString(), key.Origin, key.Ecdsa, out Checkpoint? checkpoint))
                    yield return (note.ToString(), checkpoint);
                note.Clear();
                signatures = false;
                continue;
            }
            // A note begins with its origin: whatever came before was cut off.
            if (line == key.Origin)
            {
                note.Clear();
                signatures = false;
            }
            note.Append(line).Append('\n');
            signatures |= line.StartsWith("— ", StringComparison.Ordinal);
        }
    }

    /// <summary>The last checkpoint in the file, or null. Reads its end only.</summary>
    public static Checkpoint? Last(LogKey key)
    {
        const int NoteMax = 4096;
        if (!File.Exists(key.CheckpointFile))
            return null;
        using var file = new FileStream(key.CheckpointFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, 2 * NoteMax), SeekOrigin.End);
        return Read(key, new StreamReader(file)).LastOrDefault().Checkpoint;
    }

    /// <summary>Appends notes, and returns when they are on the disk.</summary>
    public static void Append(LogKey key, IEnumerable<string> notes)
    {
        using var file = new FileStream(key.CheckpointFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        // What a crash cut off must not run into what follows.
        if (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n')
                file.WriteByte((byte)'\n');
        }
        foreach (string note in notes)
            file.Write(Encoding.UTF8.GetBytes(note + "\n"));
        file.Flush(flushToDisk: true);
    }
}
