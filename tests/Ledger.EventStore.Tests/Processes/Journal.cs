using System.Globalization;

namespace Ledger.EventStore.Tests.Processes;

/// <summary>What a writing process has tried, and what it was told: a line each, kept also when the process is killed.</summary>
internal sealed class Journal(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public void Trying(string key, string stream, int events) => Write($"try {key} {stream} {events}");

    public void Told(string key, Appended answer) => Write($"told {key} {answer.FirstPosition} {answer.LastPosition}");

    /// <summary>The append was refused and will not be tried again.</summary>
    public void Refused(string key) => Write($"refused {key}");

    public void Dispose() => _file.Dispose();

    private void Write(string line)
    {
        lock (_lock)
            _file.WriteLine(line);
    }

    /// <summary>Every attempt, with the positions it was told. A last line that was cut off counts as not written.</summary>
    public static Dictionary<string, Attempt> Read(string path)
    {
        var attempts = new Dictionary<string, Attempt>();
        if (!File.Exists(path))
            return attempts;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string text = reader.ReadToEnd();
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "try":
                    attempts.TryAdd(words[1], new Attempt(words[2], Number(words[3])));
                    break;
                case "told":
                    attempts[words[1]].Told.Add((Number(words[2]), Number(words[3])));
                    break;
                case "refused":
                    attempts[words[1]].Refused = true;
                    break;
            }
        }
        return attempts;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>An append that a process has tried.</summary>
internal sealed record Attempt(string Stream, int Events)
{
    /// <summary>The first and last position of each answer.</summary>
    public List<(int First, int Last)> Told { get; } = [];

    public bool Refused { get; set; }
}
