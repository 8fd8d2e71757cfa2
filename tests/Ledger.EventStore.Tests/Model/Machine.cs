using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Model;

/// <summary>Takes each step on the log and on the model, and compares.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly LogFixture _fixture;
    private readonly string _name = Samples.Name("model");
    private readonly long _base;
    private EventLog _log;

    // The model: the log from the base on, the answers to keys, and every append with its answer if it has one.
    private readonly List<(Guid Id, string Stream, long Version, object Data, DateTimeOffset At)> _events = [];
    private readonly Dictionary<string, (string Content, Appended Answer)> _keys = [];
    private readonly List<Append> _appends = [];
    private readonly Dictionary<Append, Appended> _recorded = new(ReferenceEqualityComparer.Instance);

    private Machine(LogFixture fixture, long head)
    {
        _fixture = fixture;
        _base = head;
        _log = Open();
    }

    public static async Task<Machine> Start(LogFixture fixture) => new(fixture, await fixture.Log.Head());

    public Task Take(Step step) => step switch
    {
        Step.Append append => Append(ToAppend(append)),
        Step.Repeat repeat => repeat.Back <= _appends.Count ? Append(_appends[^repeat.Back]) : Task.CompletedTask,
        Step.Race race => Race(race),
        Step.Cancelled cancelled => Cancelled(cancelled),
        Step.ReadStream read => ReadStream(read),
        Step.ReadLog read => ReadLog(read),
        Step.Reopen => Reopen(),
        _ => throw new InvalidOperationException($"{step} is unknown."),
    };

    private async Task Append(Append append)
    {
        _appends.Add(append);
        string expected = Expect(append);
        object actual = await Outcome(_log.Append(append));
        Assert.Equal(expected, Describe(actual));
        if (actual is Appended { Repeated: false } answer)
            Record(append, answer);
    }

    /// <summary>What the model answers, described.</summary>
    private string Expect(Append append)
    {
        if (append.Key is { } key && _keys.TryGetValue(key, out var known))
            return Describe(known.Content == ContentOf(append) ? known.Answer with { Repeated = true } : typeof(KeyReusedException));
        if (_recorded.TryGetValue(append, out Appended? first))
            return Describe(first with { Repeated = true });
        if (append.Streams.Any(s => VersionOf(s.Stream) != s.ExpectedVersion))
            return Describe(typeof(VersionConflictException));
        long head = _base + _events.Count;
        return Describe(new Appended(head + 1, head + append.Streams.Sum(s => s.Events.Count), default,
            append.Streams.ToDictionary(s => s.Stream, s => s.ExpectedVersion + s.Events.Count), Repeated: false));
    }

    private void Record(Append append, Appended answer)
    {
        Assert.True(_events.Count == 0 || answer.RecordedAt >= _events[^1].At);
        foreach (StreamAppend stream in append.Streams)
        {
            long version = stream.ExpectedVersion;
            foreach (NewEvent e in stream.Events)
                _events.Add((e.Id, stream.Stream, ++version, e.Data, answer.RecordedAt));
        }
        _recorded[append] = answer;
        if (append.Key is { } key)
            _keys.Add(key, (ContentOf(append), answer));
    }

    private async Task Race(Step.Race race)
    {
        string stream = NameOf(race.Stream);
        string? key = race.OneKey ? $"{_name}-race-{_events.Count}-{_appends.Count}" : null;
        Append[] appends = [.. Enumerable.Range(0, race.Callers).Select(_ => Samples.To(stream, VersionOf(stream), Samples.Moved(7)) with { Author = _name, Key = key })];
        object[] outcomes = await Task.WhenAll(appends.Select(a => Outcome(_log.Append(a))));
        int winner = Array.FindIndex(outcomes, o => o is Appended { Repeated: false });
        Assert.Single(outcomes, o => o is Appended { Repeated: false });
        Record(appends[winner], (Appended)outcomes[winner]);
        Assert.All(outcomes.Where((_, i) => i != winner), other =>
            Assert.Equal(Describe(key is null ? typeof(VersionConflictException) : (Appended)outcomes[winner] with { Repeated = true }), Describe(other)));
    }

    private async Task Cancelled(Step.Cancelled step)
    {
        string stream = NameOf(step.Stream);
        Append append = Samples.To(stream, VersionOf(stream), Samples.Moved(9)) with { Author = _name };
        using var cancel = new CancellationTokenSource(TimeSpan.FromMicroseconds(step.AfterTenths * 100));
        object outcome = await Outcome(_log.Append(append, cancel.Token));
        if (outcome is Type type && type == typeof(AppendOutcomeUnknownException))
            outcome = await Outcome(_log.Append(append));
        if (outcome is Appended answer)
            Record(append, answer);
        else
            Assert.True(((Type)outcome).IsAssignableTo(typeof(OperationCanceledException)), $"{outcome}");
        Assert.Equal(VersionOf(stream), await _log.ReadStream(stream, backwards: true).Select(e => e.Version).FirstOrDefaultAsync());
    }

    private async Task ReadStream(Step.ReadStream read)
    {
        var expected = _events.Where(e => e.Stream == NameOf(read.Stream) && e.Version >= read.From && e.Version <= read.To);
        List<RecordedEvent> actual = await _log.ReadStream(NameOf(read.Stream), read.From, read.To, read.Backwards).ToListAsync();
        Assert.Equal((read.Backwards ? expected.Reverse() : expected).Select(e => (e.Id, e.Version)), actual.Select(e => (e.Id, e.Version)));
    }

    private async Task ReadLog(Step.ReadLog read)
    {
        DateTimeOffset? from = read.FromEvent >= 0 && read.FromEvent < _events.Count ? _events[read.FromEvent].At : null;
        var expected = _events.Select((e, i) => (e.Id, e.Data, e.At, Position: _base + i + 1))
            .Where(e => e.Position > _base + read.After && e.Position <= _base + read.UpTo)
            .Where(e => !read.OnlyOpened || e.Data is CounterOpened)
            .Where(e => from is null || e.At >= from);
        List<RecordedEvent> actual = await _log.Read(new LogQuery
        {
            After = _base + read.After,
            UpTo = _base + read.UpTo,
            Backwards = read.Backwards,
            Limit = read.Limit == 0 ? null : read.Limit,
            Types = read.OnlyOpened ? ["counter_opened"] : null,
            RecordedFrom = from,
        }).ToListAsync();
        expected = read.Backwards ? expected.Reverse() : expected;
        Assert.Equal(expected.Take(read.Limit == 0 ? int.MaxValue : read.Limit).Select(e => (e.Position, e.Id, e.Data)), actual.Select(e => (e.Position, e.Id, e.Data)));
    }

    private async Task Reopen()
    {
        await _log.DisposeAsync();
        _log = Open();
    }

    /// <summary>The whole log is the model's.</summary>
    public async Task CheckAll()
    {
        Assert.Equal(_base + _events.Count, await _log.Head());
        List<RecordedEvent> actual = await _log.Read(new LogQuery { After = _base }).ToListAsync();
        Assert.Equal(_events.Select((e, i) => (_base + i + 1, e.Id, e.Stream, e.Version, e.Data, e.At)),
            actual.Select(e => (e.Position, e.Id, e.Stream, e.Version, e.Data, e.RecordedAt)));
    }

    private Append ToAppend(Step.Append step) => new(_name,
    [
        .. step.Streams.Select((s, i) => new StreamAppend(NameOf(s.Stream), Math.Max(0, VersionOf(NameOf(s.Stream)) + (i == 0 ? step.Off : 0)),
            [.. Enumerable.Range(0, s.Events).Select(n => new NewEvent(Guid.CreateVersion7(), n == 0 ? new CounterOpened($"{step.Content}") : new CounterMoved(step.Content)))])),
    ])
    { Key = step.Key == 0 ? null : $"{_name}-{step.Key}" };

    private string NameOf(int stream) => $"{_name}-{stream}";

    private long VersionOf(string stream) => _events.LastOrDefault(e => e.Stream == stream).Version;

    private static string ContentOf(Append append) => string.Join(';', append.Streams.Select(s => $"{s.Stream}: {string.Join(',', s.Events.Select(e => e.Data))}"));

    private static async Task<object> Outcome(Task<Appended> append)
    {
        try
        {
            return await append;
        }
        catch (Exception refusal) when (refusal is VersionConflictException or KeyReusedException or OperationCanceledException)
        {
            return refusal.GetType();
        }
    }

    private static string Describe(object outcome) => outcome is Appended a
        ? $"{a.FirstPosition}-{a.LastPosition} {string.Join(',', a.Versions.OrderBy(v => v.Key, StringComparer.Ordinal))} {a.Repeated}"
        : ((Type)outcome).Name;

    private EventLog Open() => new(_fixture.Database, Samples.Types());

    public ValueTask DisposeAsync() => _log.DisposeAsync();
}
