"""What MiniStack keeps of identities and policies, in the words of `localcloud.iam`."""
