using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.Benchmarks.Views;

/// <summary>An event of the sample, at its place in its stream.</summary>
internal sealed record SampleEvent(string Stream, long Version, object Data);

/// <summary>
/// A record of funding deals as the press of years would make it, always the same for the same size: the parties first, then
/// deals which become known one after the other, and of each, for a while, further articles that repeat and refine what was
/// said, and now and then an editor who corrects it or finds that two deals are one. A few companies and investors have many
/// deals, most have few.
/// </summary>
internal sealed class SampleRecord
{
    private const int Seed = 20131001;

    /// <summary>How long after its announcement a deal is written of on average, as a part of the whole log.</summary>
    private const double WrittenOfFor = 0.1;

    private static readonly Reason Because = new("The other articles say so.");
    private static readonly string[] Series = ["seed", "a", "b", "c", "d"];
    private static readonly string[] Sectors = ["artificial-intelligence", "semiconductors", "biotech", "logistics", "payments", "robotics"];
    private static readonly string[] Places = ["Shenzhen", "Berlin", "Boston", "Bengaluru", "São Paulo"];

    private readonly Random _random = new(Seed);
    private readonly int[] _schedule;
    private readonly int[] _companyOf;
    private readonly long[] _millionsOf;
    private readonly int[] _seriesOf;
    private readonly int[] _versionOf;

    /// <summary>The claim that says a deal's sum; a correction names it.</summary>
    private readonly ClaimId[] _sumOf;

    /// <summary>The deal that each was merged into; itself where it was not.</summary>
    private readonly int[] _standsFor;

    /// <summary>Deals that will turn out to be others, with the events that announced them.</summary>
    private readonly Dictionary<int, DealEvent> _doubles = [];
    private readonly int _companies;
    private readonly int _investors;

    /// <param name="events">How many the log begins with: of a million, 200,000 announce deals of 40,000 companies and 8,000 investors.</param>
    /// <param name="further">How many can be had after these, of the same kind.</param>
    public SampleRecord(int events, int further)
    {
        _companies = events / 25;
        _investors = events / 125;
        int ofDeals = events + further - _companies - _investors;
        int deals = (events + further) / 5;
        _schedule = Schedule(deals, ofDeals);
        _companyOf = new int[deals];
        _millionsOf = new long[deals];
        _seriesOf = new int[deals];
        _versionOf = new int[deals];
        _sumOf = new ClaimId[deals];
        _standsFor = [.. Enumerable.Range(0, deals)];
    }

    public IEnumerable<SampleEvent> Events()
    {
        for (int company = 0; company < _companies; company++)
            yield return new SampleEvent(StoredEvents.StreamOf(Company(company)), 1, new PartyEvent.PartyRegistered($"Company {company}"));
        for (int investor = 0; investor < _investors; investor++)
            yield return new SampleEvent(StoredEvents.StreamOf(Investor(investor)), 1, new PartyEvent.PartyRegistered($"Investor {investor}"));
        int latest = -1;
        foreach (int scheduled in _schedule)
        {
            int deal = _standsFor[scheduled];
            if (_doubles.Remove(deal, out DealEvent? announced))
            {
                _standsFor[deal] = latest;
                yield return Of(deal, new DealEvent.DealMerged(DealOf(latest), Because));
                yield return Of(latest, new DealEvent.DealAbsorbed(DealOf(deal), Because));
                yield return Of(latest, new DealEvent.DealEchoed(DealOf(deal), announced, new Cause(1, 1, DateTimeOffset.UnixEpoch, "benchmark")));
                continue;
            }
            SampleEvent next = Next(deal);
            if (next.Version == 1 && latest >= 0 && _random.NextDouble() < 0.02)
                _doubles.Add(deal, (DealEvent)next.Data);
            else if (next.Version == 1)
                latest = deal;
            yield return next;
        }
    }

    /// <summary>An announcement of a deal that nobody has heard of.</summary>
    public DealEvent.DealAnnounced Announcement(PartyId investor) =>
        new(Article(), [.. Basics("Company 0", Company(0), 2, 12), Named(investor, investor.Value, InvestorRole.Lead)]);

    /// <summary>One more article, which names one more investor.</summary>
    public DealEvent.DealCorroborated Corroboration(PartyId investor) => new(Article(), [Named(investor, investor.Value, InvestorRole.Participant)]);

    /// <summary>Which deal each event is of, in the order of the log; the first of a deal announces it.</summary>
    private int[] Schedule(int deals, int events)
    {
        var times = new double[events];
        var ofDeal = new int[events];
        for (int deal = 0; deal < deals; deal++)
            (times[deal], ofDeal[deal]) = ((double)deal / deals, deal);
        for (int e = deals; e < events; e++)
        {
            int deal = _random.Next(deals);
            double after = times[deal] - Math.Log(1 - _random.NextDouble()) * WrittenOfFor;
            // What would come after the end comes at any time before it.
            times[e] = after < 1 ? after : times[deal] + (1 - times[deal]) * _random.NextDouble();
            ofDeal[e] = deal;
        }
        Array.Sort(times, ofDeal);
        return ofDeal;
    }

    private SampleEvent Next(int deal)
    {
        if (_versionOf[deal] == 0)
        {
            _companyOf[deal] = Skewed(_companies, 1.3);
            _millionsOf[deal] = 1 + (long)(Math.Exp(_random.NextDouble() * 6) * 2);
            _seriesOf[deal] = _random.Next(Series.Length);
        }
        return Of(deal, _versionOf[deal] == 0 ? Announced(deal) : _random.NextDouble() < 0.03 ? Corrected(deal) : new DealEvent.DealCorroborated(Article(), More(deal)));
    }

    private SampleEvent Of(int deal, DealEvent data) => new(StoredEvents.StreamOf(DealOf(deal)), ++_versionOf[deal], data);

    private DealId DealOf(int deal) => new($"deal-{deal}-series-{Series[_seriesOf[deal]]}");

    /// <summary>The first article read the sum wrong.</summary>
    private DealEvent.DealClaimCorrected Corrected(int deal)
    {
        ClaimId wrong = _sumOf[deal];
        _millionsOf[deal] += 1;
        return new DealEvent.DealClaimCorrected(wrong, Article(), Sum(deal), Because);
    }

    private Claim Sum(int deal)
    {
        Claim claim = Raised(_millionsOf[deal]);
        _sumOf[deal] = claim.Id;
        return claim;
    }

    private DealEvent.DealAnnounced Announced(int deal)
    {
        int company = _companyOf[deal];
        List<Claim> claims = [.. Basics($"Company {company}", Company(company), _seriesOf[deal], _millionsOf[deal])];
        _sumOf[deal] = claims[^1].Id;
        int investors = 1 + _random.Next(3);
        foreach (int investor in Enumerable.Range(0, investors).Select(_ => Skewed(_investors, 2)).Distinct())
            claims.Add(Named(Investor(investor), $"Investor {investor}", claims.Count == 5 ? InvestorRole.Lead : InvestorRole.Participant));
        if (_random.NextDouble() < 0.6)
            claims.Add(On(deal));
        if (_random.NextDouble() < 0.4)
            claims.Add(InSector());
        return new DealEvent.DealAnnounced(Article(), [.. claims]);
    }

    private ImmutableArray<Claim> More(int deal)
    {
        double roll = _random.NextDouble();
        switch (roll)
        {
            case < 0.40:
                return [Sum(deal), Whose(_companyOf[deal])];
            case < 0.60:
                _millionsOf[deal] += 1 + _random.Next(5);
                return [Sum(deal)];
            case < 0.75:
                return [Make(new ClaimValue.Status(DealStatus.Closed, When.Unknown), "closed", "The company said on Monday that the round has now closed")];
            case < 0.90:
                int investor = Skewed(_investors, 2);
                return [Named(Investor(investor), $"Investor {investor}", InvestorRole.Participant)];
            case < 0.93:
                _companyOf[deal] = Skewed(_companies, 1.3);
                return [Whose(_companyOf[deal])];
            default:
                string place = Places[_random.Next(Places.Length)];
                return [InSector(), Make(new ClaimValue.Place(place), place, $"The company, which has its headquarters in {place}, plans to hire")];
        }
    }

    private IEnumerable<Claim> Basics(string name, PartyId company, int series, long millions)
    {
        string sentence = $"{name} raises ${millions} million in a series {Series[series]} round";
        yield return Make(new ClaimValue.Company(company), name, sentence);
        yield return Make(new ClaimValue.Kind(DealKind.Round), "round", sentence);
        yield return Make(new ClaimValue.Status(DealStatus.Announced, When.Unknown), "raises", sentence);
        yield return Make(new ClaimValue.Round(Series[series], null, Instrument.Equity), $"series {Series[series]}", sentence);
        yield return Raised(millions);
    }

    private Claim Raised(long millions) => Make(
        new ClaimValue.Raised(new Amount(AmountQualifier.Exact, Currency.Usd, millions * 1_000_000m, millions * 1_000_000m)),
        $"${millions} million", $"The company has raised ${millions} million from its investors");

    private Claim Whose(int company) =>
        Make(new ClaimValue.Company(Company(company)), $"Company {company}", $"The money goes to Company {company}, people who know of it say");

    private Claim Named(PartyId investor, string name, InvestorRole role) => Make(
        new ClaimValue.Investor(investor, role, _random.NextDouble() < 0.2), name, $"Among those who put in money was {name}, they said");

    private Claim On(int deal)
    {
        var day = new DateOnly(2015, 1, 1).AddDays(deal % 3650);
        string written = day.ToString("d MMMM yyyy");
        return Make(new ClaimValue.Announced(When.Parse("date", day.ToString("yyyy-MM-dd"))), written, $"The deal was made known on {written} in a statement");
    }

    private Claim InSector()
    {
        string sector = Sectors[_random.Next(Sectors.Length)];
        return Make(new ClaimValue.Sector(sector), sector, $"The company is one of the best known names in {sector}");
    }

    private Claim Make(ClaimValue value, string words, string sentence) =>
        new(new ClaimId(Hexadecimal()), value, words, new Quote(sentence, 1, _random.Next(5_000)));

    private ArticleId Article() => new(Hexadecimal());

    private string Hexadecimal() => _random.NextInt64().ToString("x16");

    /// <summary>A number below a limit; the larger the power, the more often a small one.</summary>
    private int Skewed(int below, double power) => (int)(below * Math.Pow(_random.NextDouble(), power));

    private static PartyId Company(int number) => new($"company-{number}");

    private static PartyId Investor(int number) => new($"investor-{number}");
}
