using System.CommandLine;
using Recurrent.Streams;

RootCommand root = new("What many streams cost: an asynchronous server over a pool, under load, the wait for a batch, stores of states.")
{
    OverheadCommand.Create(), LoadCommand.Create(), BatchingCommand.Create(), FingerprintCommand.Create(), StoresCommand.Create(),
};
return root.Parse(args).Invoke();
