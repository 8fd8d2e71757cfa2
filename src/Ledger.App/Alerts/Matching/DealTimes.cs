using Ledger.App.Watchlists;
using Ledger.Domain.Deals;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Matching;

/// <summary>A deal from version to version. Who asks goes along the log, mostly.</summary>
internal sealed class DealTimes
{
    private int _at;

    public DealTimes(string id, List<DealVersion> versions)
    {
        (Id, Versions) = (id, versions);
        for (var i = 1; i < versions.Count; i++)
            versions[i - 1].To = versions[i].From;
    }

    public string Id { get; }

    public List<DealVersion> Versions { get; }

    public bool IsContested => Versions.Exists(version => version.Row.Contested.Any(name => name is "company" or "investor"));

    public IEnumerable<string> Parties => Versions.SelectMany(version => version.Row.Investors.Select(holder => holder.Party).Append(version.Row.Company)).Distinct();

    public DealVersion? At(long position)
    {
        while (_at + 1 < Versions.Count && Versions[_at + 1].From <= position)
            _at++;
        while (_at > 0 && Versions[_at].From > position)
            _at--;
        return Versions[_at].From <= position ? Versions[_at] : null;
    }
}

/// <summary>What a deal says from one of its events to the next.</summary>
internal sealed class DealVersion(FoundDeal row, long from, DateTimeOffset recordedAt, bool isListed)
{
    public FoundDeal Row => row;

    public long From => from;

    public long To { get; set; } = long.MaxValue;

    public DateTimeOffset RecordedAt => recordedAt;

    public bool IsListed => isListed;

    /// <summary>Where it is told from its events.</summary>
    public Deal? State { get; set; }

    /// <summary>Whether one of its parties was one with another one at any time.</summary>
    public bool NamesMerged { get; set; }

    /// <summary>As it was understood last, and in which part of the log.</summary>
    public DealFacts? Facts { get; set; }

    public long HoldsFrom { get; set; }

    public long HoldsTo { get; set; }
}

/// <summary>What a deal is from a position on.</summary>
/// <param name="Position">The position.</param>
/// <param name="Facts">As it is understood then; null where it is not listed.</param>
/// <param name="Parties">The companies or investors whose it is, each once.</param>
internal readonly record struct DealStep(long Position, DealFacts? Facts, IReadOnlyCollection<PartyId> Parties);
