using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ledger.App.Log;
using Ledger.App.Tests.Support;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Sources;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Tests.Log;

/// <summary>
/// Events as ledgers somewhere hold them, one file a stored name, to the letter as PostgreSQL prints them. They must be read
/// for ever: when an event's shape changes, its sample stays, and another one is added beside it (deal_announced.2.json).
/// </summary>
public sealed class GoldenSampleTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Log", "Golden");

    private static readonly Dictionary<string, Type> Types = new[] { typeof(ArticleEvent), typeof(PartyEvent), typeof(DealEvent), typeof(BulkEvent), typeof(SourceEvent), typeof(RatesEvent), typeof(WatchlistEvent) }
        .SelectMany(union => union.GetNestedTypes(BindingFlags.Public)).ToDictionary(StoredEvents.Types.NameOf);

    public static readonly TheoryData<string> Samples = [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)).Order()];

    [Fact]
    public void Every_event_has_a_stored_name_and_every_stored_name_a_sample()
    {
        Assert.Equal(StoredEvents.Types.Names.Order(), Types.Keys.Order());
        Assert.Equal(StoredEvents.Types.Names.Order(), Samples.Select(sample => NameOf(sample.Data)).Distinct().Order());
    }

    [Fact]
    public void Every_sort_of_claim_has_a_stored_name_and_stands_in_a_sample()
    {
        var stored = StoredJson.TypeInfo<ClaimValue>().PolymorphismOptions!.DerivedTypes;
        var sampled = Samples.SelectMany(sample => JsonNode.Parse(Read(sample.Data))!["claims"]?.AsArray() ?? []).Select(claim => (string)claim!["value"]!["is"]!);

        Assert.Equal(typeof(ClaimValue).GetNestedTypes(BindingFlags.Public).ToHashSet(), stored.Select(type => type.DerivedType).ToHashSet());
        Assert.Equal(stored.Select(type => (string)type.TypeDiscriminator!).Order(), sampled.Distinct().Order());
    }

    [Fact]
    public void No_sample_ever_changes() =>
        Assert.Equal(File.ReadAllLines(Path.Combine(Folder, "SHA256SUMS")),
            Samples.Select(sample => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, sample.Data))))}  {sample.Data}"));

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_that_is_read_and_written_again_is_the_same(string sample)
    {
        var json = Read(sample);
        JsonTypeInfo type = StoredJson.Options.GetTypeInfo(Types[NameOf(sample)]);

        var written = JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type), type);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(written)), written);
    }

    [Fact]
    public void A_claim_is_read_by_hand_as_the_serialiser_reads_it_whatever_is_wrong_with_it()
    {
        var claims = Samples.SelectMany(sample => JsonNode.Parse(Read(sample.Data))!["claims"]?.AsArray() ?? []).ToList();
        var variants = claims.SelectMany(claim => Variants(claim!.AsObject()).Append(claim.ToJsonString())).Distinct().ToList();

        var (read, refused) = (0, 0);
        foreach (var variant in variants)
        {
            var (plain, fast) = (ReadBy(StoredJson.Plain, variant), ReadBy(StoredJson.Options, variant));
            Assert.True(plain == fast, $"{variant} is {fast?.ToString() ?? "refused"}, and {plain?.ToString() ?? "refused"} by the serialiser");
            (read, refused) = plain is null ? (read, refused + 1) : (read + 1, refused);
        }
        Assert.True(read > 100 && refused > 500, $"{read} read, {refused} refused");
    }

    /// <summary>A claim as nobody writes it: properties in another order, left out, given twice as much, or of another type, at any depth.</summary>
    private static IEnumerable<string> Variants(JsonObject claim)
    {
        yield return Reversed(claim).ToJsonString();
        foreach (var part in new[] { claim }.Concat(Inside(claim)))
        {
            foreach (var property in part.Select(property => property.Key).ToList())
            {
                var was = part[property];
                foreach (var other in new JsonNode?[] { null, 7, -1, 1.5, "x", "", true, new JsonObject(), new JsonArray() })
                {
                    part[property] = other;
                    yield return claim.ToJsonString();
                }
                part.Remove(property);
                yield return claim.ToJsonString();
                part[property] = was;
                // It stands last now.
                yield return claim.ToJsonString();
            }
            part["more"] = new JsonObject { ["of"] = "it" };
            yield return claim.ToJsonString();
            part.Remove("more");
        }
    }

    private static List<JsonObject> Inside(JsonObject claim) =>
        [.. claim.Select(property => property.Value).OfType<JsonObject>().SelectMany(part => Inside(part).Prepend(part))];

    private static JsonObject Reversed(JsonObject of) =>
        new(of.Reverse().Select(property => KeyValuePair.Create(property.Key, property.Value is JsonObject part ? Reversed(part) : property.Value?.DeepClone())));

    private static Claim? ReadBy(JsonSerializerOptions options, string json)
    {
        try
        {
            return (Claim?)JsonSerializer.Deserialize(json, options.GetTypeInfo(typeof(Claim)));
        }
        catch (Exception)
        {
            return null;
        }
    }

    [Fact]
    public async Task Samples_are_what_the_log_stores_and_reads()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var log = ledger.Get<EventLog>();
        var names = Samples.Select(sample => sample.Data).ToList();
        var events = names.Select(name => JsonSerializer.Deserialize(Read(name), StoredJson.Options.GetTypeInfo(Types[NameOf(name)]))!).ToList();

        await log.Append(new Append("somebody", [new StreamAppend("samples", 0, [.. events.Select(data => new NewEvent(Guid.CreateVersion7(), data))])]), Cancel);

        Assert.Equal(names.Select(name => $"{NameOf(name)} {Read(name)}"), await Stored(ledger.Database));
        var read = await log.ReadStream("samples", cancel: Cancel).ToListAsync(Cancel);
        Assert.Equal(events.Select(data => data.GetType()), read.Select(e => e.Data.GetType()));
    }

    private static string Read(string sample) => File.ReadAllText(Path.Combine(Folder, sample), Encoding.UTF8).TrimEnd('\n');

    private static string NameOf(string sample) => sample.Split('.')[0];

    private static async Task<List<string>> Stored(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select type || ' ' || data from ledger.mt_events order by seq_id");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var stored = new List<string>();
        while (await reader.ReadAsync(Cancel))
            stored.Add(reader.GetString(0));
        return stored;
    }
}
