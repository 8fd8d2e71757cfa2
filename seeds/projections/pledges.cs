#:project ../../src/Ledger.App/Ledger.App.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Money pledged and not yet closed: what each such deal promises, and how much that is by currency. What is counted elsewhere, or was
// retracted, does not count.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.App.Views.Own;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.EventStore;

return await OwnView.Run(args, new View("pledges", OwnView.Source())
    .Row(RecordStreams.Deals, Promise)
    .Sum((Pledge pledge) => pledge.Currency is { } currency ? new Pledged(currency, 1, pledge.Low ?? 0) : null));

static Pledge? Promise(Deal deal) => deal is { Status: DealStatus.Pledged, Counts: true }
    ? new Pledge(deal.Id.Value, deal.Company!.Value.Value, deal.Amount.Currency?.Code, deal.Amount.Low, deal.Amount.High)
    : null;

[Table("pledge"), Description("A deal whose money is pledged and not yet closed.")]
internal sealed record Pledge(
    [property: Key] string DealId, string CompanyId,
    [Description("ISO 4217; null where the amount is undisclosed.")] string? Currency,
    [Description("Whole units of currency; null where there is no lower bound.")] decimal? Low,
    [Description("Null where there is no upper bound.")] decimal? High);

[Table("pledged"), Description("What is pledged and not yet closed, by currency.")]
internal sealed record Pledged([property: Key] string Currency, long Deals, [Description("Sum of the lower bounds.")] decimal Low);
